removed {
  from = okta_account.prod
  lifecycle {
    destroy = false
  }
}
