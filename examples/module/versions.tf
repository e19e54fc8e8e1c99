terraform {
  required_version = ">= 1.11" # write-only attributes
  required_providers {
    okta = {
      source  = "datadog-okta/okta"
      version = "~> 0.1.0"
    }
  }
}
