terraform {
  source = "../modules/report"
}

dependency "account" {
  config_path = "../account"
}

inputs = {
  account_name = dependency.account.outputs.name
}
