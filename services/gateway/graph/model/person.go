package model

import "github.com/ics-openbook/openbook/services/internal/figure"

// PersonName is what somebody is called, or that it was erased, or why it is not
// known.
type PersonName struct {
	Value   *string
	Erased  bool
	Unknown *figure.Unknown
}
