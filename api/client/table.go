package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// ErrBrokeOff means that a table was begun and is not whole.
var ErrBrokeOff = errors.New("the table broke off: what has been written is not all of it")

// Table writes a list as CSV: "networks", "ledger" and the others that the
// platform has, with what each takes. It begins to write once the platform has
// begun to answer, and [ErrBrokeOff] is all that can be wrong from there on.
func (c *Client) Table(whole context.Context, list string, takes url.Values, w io.Writer) error {
	ctx, cancel := context.WithCancel(whole)
	defer cancel()
	silent := time.AfterFunc(Patience, cancel)
	defer silent.Stop()
	resp, err := backoff.Retry(ctx, func() (*http.Response, error) {
		silent.Reset(Patience)
		return c.table(ctx, "/csv/"+url.PathEscape(list)+"?"+takes.Encode())
	}, backoff.WithBackOff(pauses()), backoff.WithMaxTries(c.tries), backoff.WithMaxElapsedTime(c.within))
	var told *Problems
	switch {
	case errors.As(err, &told):
		return told
	case err != nil && ctx.Err() != nil && whole.Err() == nil:
		return unreachable(c.url, fmt.Errorf("no answer within %s", Patience))
	case err != nil:
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	if _, err := io.Copy(w, &patient{resp.Body, silent}); err != nil {
		if whole.Err() != nil {
			return fmt.Errorf("%w: %w", ErrBrokeOff, whole.Err())
		}
		return fmt.Errorf("%w (%s)", ErrBrokeOff, err.Error())
	}
	return nil
}

// table is one attempt, up to where the rows begin.
func (c *Client) table(ctx context.Context, path string) (*http.Response, error) {
	resp, err := c.request(ctx, http.MethodGet, path, nil, "text/csv, application/json")
	if err != nil {
		return nil, err
	}
	media, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if resp.StatusCode == http.StatusOK && media == "text/csv" {
		return resp, nil
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	if _, err := c.read(resp); err != nil {
		return nil, err
	}
	return nil, backoff.Permanent(fmt.Errorf("%w at %s: it says %q, which is no table", ErrForeign, c.url, resp.Status))
}

// patient is a body that is waited for as long as it goes on coming.
type patient struct {
	io.Reader
	silent *time.Timer
}

func (p *patient) Read(b []byte) (int, error) {
	n, err := p.Reader.Read(b)
	p.silent.Reset(Patience)
	return n, err
}
