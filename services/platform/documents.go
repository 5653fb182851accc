package platform

import (
	"github.com/ics-openbook/openbook/services/gateway/documents"
	"github.com/ics-openbook/openbook/services/gateway/limit"
)

// Usual is what one client may have of the gateway, unless it is told otherwise.
var Usual = limit.Usual

// Documents is what there is to say of trusted documents: what each operation
// costs, and what is wrong.
type Documents = documents.Report

// CheckDocuments reads a folder of trusted documents as the gateway would.
func CheckDocuments(dir string) Documents { return documents.Check(dir) }

// ShippedDocuments are those that every gateway trusts.
func ShippedDocuments() Documents { return documents.Shipping() }
