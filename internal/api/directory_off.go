// Copyright (c) datadog-okta
// SPDX-License-Identifier: MPL-2.0

//go:build nodirectory

package api

func init() { shareReads = false }
