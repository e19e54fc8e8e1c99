terraform {
  required_providers {
    okta = {
      source  = "datadog-okta/okta"
      version = "~> 0.1.0"
    }
  }
}

# The keys come from DD_API_KEY and DD_APP_KEY, the site from DD_SITE.
provider "okta" {}
