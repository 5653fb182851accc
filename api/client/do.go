package client

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/Khan/genqlient/graphql"
	"github.com/cenkalti/backoff/v5"

	"github.com/ics-openbook/openbook/api/client/wire"
	"github.com/ics-openbook/openbook/events"
)

// How long to wait between attempts: about twice as long each time, and never
// the same for two clients that failed together.
const (
	shortest = 100 * time.Millisecond
	longest  = 5 * time.Second
	mostBody = 8 << 20 // bytes of an answer
)

// Extensions is what an answer says of itself.
type Extensions struct {
	AsOf struct {
		Position events.Position `json:"position"` // how far the replica had come
		Time     time.Time       `json:"time"`     // when the entry there was recorded
	} `json:"asOf"`
}

// Do sends a document of one's own, a query or a mutation, and returns its data.
// Where the platform turned down some of it, data and [*Problems] come together.
// A document may be sent again, as every mutation has an idempotency key.
func (c *Client) Do(ctx context.Context, document string, variables map[string]any) (json.RawMessage, Extensions, error) {
	a, err := c.ask(ctx, question{Query: document, Variables: variables})
	return a.Data, a.Extensions, err
}

// question is a request as the wire has it.
type question struct {
	Query     string `json:"query"`
	Operation string `json:"operationName,omitempty"`
	Variables any    `json:"variables,omitempty"`
}

// answer is a reply as the wire has it.
type answer struct {
	Data       json.RawMessage `json:"data"`
	Errors     []fault         `json:"errors"`
	Extensions Extensions      `json:"extensions"`
}

type fault struct {
	Message    string `json:"message"`
	Path       []any  `json:"path"`
	Extensions struct {
		Code string `json:"code"`
	} `json:"extensions"`
}

// ask sends q until there is an answer that will not be another the next time.
func (c *Client) ask(ctx context.Context, q question) (answer, error) {
	body, err := json.Marshal(q)
	if err != nil {
		return answer{}, fmt.Errorf("the request cannot be written: %w", err)
	}
	var last error // is kept when it is the caller who stops waiting
	a, err := backoff.Retry(ctx, func() (a answer, err error) {
		a, err = c.once(ctx, body)
		last = err
		return a, err
	}, backoff.WithBackOff(pauses()), backoff.WithMaxTries(c.tries), backoff.WithMaxElapsedTime(c.within))
	var told *Problems
	if errors.As(err, &told) {
		return a, told // without what only the loop needed to know
	}
	if ctx.Err() != nil && last != nil && !errors.Is(last, ctx.Err()) {
		err = fmt.Errorf("%w; before that: %w", err, last)
	}
	return a, err
}

func pauses() backoff.BackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval, b.MaxInterval, b.Multiplier, b.RandomizationFactor = shortest, longest, 2, 0.5
	return b
}

// once is one attempt. What is not worth another is marked as permanent.
func (c *Client) once(ctx context.Context, body []byte) (answer, error) {
	bounded, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	resp, err := c.send(bounded, "/graphql", body, "application/json")
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	return c.read(resp)
}

// send posts, and returns an answer of any status.
func (c *Client) send(ctx context.Context, path string, body []byte, accept string) (*http.Response, error) {
	return c.request(ctx, http.MethodPost, path, body, accept)
}

// request returns an answer of any status.
func (c *Client) request(ctx context.Context, method, path string, body []byte, accept string) (*http.Response, error) {
	token, err := c.token(ctx)
	if err != nil {
		return nil, backoff.Permanent(fmt.Errorf("no token to send: %w", err))
	}
	req, err := http.NewRequestWithContext(ctx, method, c.url+path, bytes.NewReader(body))
	if err != nil {
		return nil, backoff.Permanent(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept", accept)
	req.Header.Set("User-Agent", c.agent)
	if seen := c.Seen(); !seen.IsZero() {
		req.Header.Set("Openbook-After", seen.String())
	}
	resp, err := c.http.Do(req)
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &certificate):
		return nil, backoff.Permanent(unreachable(c.url, err))
	case err != nil:
		return nil, unreachable(c.url, err)
	}
	return resp, nil
}

// read turns an answer into data or an error.
func (c *Client) read(resp *http.Response) (a answer, err error) {
	body, err := io.ReadAll(io.LimitReader(resp.Body, mostBody+1))
	if err != nil {
		return a, unreachable(c.url, err)
	}
	if len(body) > mostBody {
		return a, backoff.Permanent(unreachable(c.url, fmt.Errorf("an answer of more than %d MB", mostBody>>20)))
	}
	told := json.Unmarshal(body, &a) == nil && (len(a.Errors) > 0 || len(a.Data) > 0)
	switch {
	case !told && slices.Contains(passing, resp.StatusCode):
		return a, later(resp.Header, unavailable(c.url, resp.StatusCode))
	case !told:
		return a, backoff.Permanent(fmt.Errorf("%w at %s: it says %q, which is not GraphQL", ErrForeign, c.url, resp.Status))
	}
	if p := c.judge(a, resp.StatusCode); p != nil {
		if p.Temporary() {
			return a, later(resp.Header, p)
		}
		return a, backoff.Permanent(p)
	}
	return a, nil
}

// judge keeps the positions of an answer's receipts and returns its problems,
// those of the whole and those of its mutations.
func (c *Client) judge(a answer, status int) *Problems {
	p := &Problems{Status: status}
	for _, f := range a.Errors {
		p.Reasons = append(p.Reasons, Problem{Code: cmp.Or(f.Extensions.Code, "FAULT"), Message: f.Message, Path: dotted(f.Path)})
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(a.Data, &fields) == nil {
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			var m wire.Answer
			if json.Unmarshal(fields[name], &m) != nil {
				continue // of a query, which has neither receipt nor problems
			}
			p.Reasons = append(p.Reasons, m.Problems...)
			if m.Receipt != nil {
				c.saw(m.Receipt.Position)
				if c.told != nil {
					c.told(*m.Receipt)
				}
			}
		}
	}
	if len(p.Reasons) == 0 {
		return nil
	}
	return p
}

func dotted(path []any) string {
	var s []byte
	for i, at := range path {
		if i > 0 {
			s = append(s, '.')
		}
		s = fmt.Append(s, at)
	}
	return string(s)
}

// later asks the loop to try again, when the server says, if it says so.
func later(h http.Header, err error) error {
	seconds, unsaid := strconv.Atoi(h.Get("Retry-After"))
	if unsaid != nil || seconds < 0 {
		return err
	}
	return errors.Join(err, &backoff.RetryAfterError{Duration: min(time.Duration(seconds)*time.Second, longest)})
}

// documents carries out what is generated.
type documents struct{ *Client }

// MakeRequest implements [graphql.Client].
func (d documents) MakeRequest(ctx context.Context, req *graphql.Request, resp *graphql.Response) error {
	a, err := d.ask(ctx, question{Query: req.Query, Operation: req.OpName, Variables: req.Variables})
	if err != nil {
		return err
	}
	if err := json.Unmarshal(a.Data, resp.Data); err != nil {
		return fmt.Errorf("the platform's answer does not fit this release of the client: %w", err)
	}
	return nil
}
