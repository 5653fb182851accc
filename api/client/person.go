package client

import (
	"context"

	"github.com/ics-openbook/openbook/api/ask/network"
	"github.com/ics-openbook/openbook/api/client/generated"
)

// NamePerson records, sealed, what somebody is called who leads a network or
// speaks for it.
func (c *Client) NamePerson(ctx context.Context, a network.NamePerson) (Receipt, error) {
	return submit(ctx, c, generated.NamePerson, &a, &a.Given)
}

// ErasePerson erases somebody's name for ever.
func (c *Client) ErasePerson(ctx context.Context, a network.ErasePerson) (Receipt, error) {
	return submit(ctx, c, generated.ErasePerson, &a, &a.Given)
}
