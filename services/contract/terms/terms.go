// Package terms holds the terms of every year of the Network Contract that the
// product ships with, as documents: see [importing] for how one is written.
//
// [importing]: https://pkg.go.dev/github.com/ics-openbook/openbook/services/contract/importing
package terms

import "embed"

// Documents are one file a year, such as 2025-26.yaml.
//
//go:embed *.yaml
var Documents embed.FS
