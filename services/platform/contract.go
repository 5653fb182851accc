package platform

import (
	"context"

	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
	terms "github.com/ics-openbook/openbook/services/contract/importing"
)

// A document of a year's Network Contract, and what came of publishing it.
type (
	ContractDocument  = terms.Document
	PublishedContract = terms.Outcome
)

// ReadContract reads a document from disk, and says all that is wrong with it.
func ReadContract(file string) (*ContractDocument, error) { return terms.ReadFile(file) }

// ShippedContracts are the documents that the product ships with, all of them or
// those of the years named.
func ShippedContracts(years ...events.Year) (all []*ContractDocument, err error) {
	if len(years) == 0 {
		return terms.Shipped()
	}
	for _, y := range years {
		d, err := terms.Of(y)
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}

// PublishContracts puts what is new in documents into the book that c leads to;
// of a dry run it answers with what that would be.
func PublishContracts(ctx context.Context, c *client.Client, dry bool, documents ...*ContractDocument) ([]PublishedContract, error) {
	return terms.Publish(ctx, c, dry, documents...)
}
