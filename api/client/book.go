package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"time"

	"github.com/ics-openbook/openbook/api/client/generated"
	"github.com/ics-openbook/openbook/events"
)

// What the book says of itself, and of who asks.
type (
	Entry   = generated.Entry
	Status  = generated.Status
	Parking = generated.Parking
	Transit = generated.Transit
	Person  = generated.Person
	Grant   = generated.Grant
)

var errNoReceipt = errors.New("an answer with neither a receipt nor problems")

// Entries yields what the book says of something, the oldest first, as it was at
// a moment; the zero time is now. An error ends it.
func (c *Client) Entries(ctx context.Context, about events.Entity, asAt time.Time) iter.Seq2[Entry, error] {
	return pages(func(after *string) ([]Entry, generated.PageInfo, error) {
		r, err := generated.GetEntries(ctx, documents{c}, about, page, after, given(asAt))
		if err != nil {
			return nil, generated.PageInfo{}, err
		}
		return r.Entries.Nodes, r.Entries.PageInfo, nil
	})
}

// ErrNoEntry means that the book has no entry with an id.
var ErrNoEntry = errors.New("the book has no such entry")

// SignedReceipt is the book's signed word that it has recorded an entry: a document
// to keep, which can be verified offline by package proof. proven says whether the
// proof is in it already, which takes about a second.
func (c *Client) SignedReceipt(ctx context.Context, id events.ID) (document json.RawMessage, proven bool, err error) {
	r, err := generated.GetReceipt(ctx, documents{c}, id)
	switch {
	case err != nil:
		return nil, false, err
	case r.Receipt == nil:
		return nil, false, fmt.Errorf("%w: %s", ErrNoEntry, id)
	}
	return r.Receipt.Document, r.Receipt.Proof != nil, nil
}

// Status says how the book is, and the view of it of the replica that answers.
func (c *Client) Status(ctx context.Context) (Status, error) {
	r, err := generated.GetStatus(ctx, documents{c})
	if err != nil {
		return Status{}, err
	}
	return r.Status, nil
}

// Me says who the client's token was issued to.
func (c *Client) Me(ctx context.Context) (Person, error) {
	r, err := generated.GetMe(ctx, documents{c})
	if err != nil {
		return Person{}, err
	}
	return r.Me, nil
}

// SignInLink returns an address that signs whoever the token was issued to in
// with a browser, once, within ten minutes. A platform that runs on one machine
// gives such links, others do not.
func (c *Client) SignInLink(ctx context.Context) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	resp, err := c.send(ctx, "/signin", nil, "application/json")
	if err != nil {
		return "", err
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	var given struct {
		Link string `json:"link"`
	}
	if resp.StatusCode == http.StatusOK && json.NewDecoder(resp.Body).Decode(&given) == nil && given.Link != "" {
		return c.url + given.Link, nil
	}
	p := &Problems{Status: resp.StatusCode, Reasons: []Problem{{Code: "NO_LINK", Message: "The platform at " + c.url + " gave no sign-in link (" + resp.Status + ")."}}}
	switch resp.StatusCode {
	case http.StatusUnauthorized:
		p.Reasons[0] = Problem{Code: "UNAUTHENTICATED", Message: "The platform at " + c.url + " does not know the token: it was issued elsewhere, or has ended."}
	case http.StatusTooManyRequests:
		p.Reasons[0].Message = "Too many sign-in links are waiting to be used. Use one, or wait ten minutes."
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		p.Reasons[0].Message = "People sign in to the platform at " + c.url + " elsewhere: open it in a browser, and it says where."
	}
	return "", p
}
