# By name
terraform import okta_account.staging Okta_Staging

# By id
terraform import okta_account.staging f749daaf-682e-4208-a38d-c9b43162c609
