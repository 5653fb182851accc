package client

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"mime"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"

	"github.com/ics-openbook/openbook/api/client/generated"
	"github.com/ics-openbook/openbook/events"
)

// quiet is how long a stream may say nothing, not even that there is nothing,
// which a platform says every 15 s.
const quiet = 45 * time.Second

// IsSubscription reports whether document asks to be told of changes, so that
// it is for Subscribe and not for Do.
func IsSubscription(document string) bool {
	op := operation(document)
	return op != nil && op.Operation == ast.Subscription
}

// operation is the first of a document, or nil where that cannot be read: what
// is wrong with it the platform says best.
func operation(document string) *ast.OperationDefinition {
	doc, err := parser.ParseQuery(&ast.Source{Input: document})
	if err != nil || len(doc.Operations) == 0 {
		return nil
	}
	return doc.Operations[0]
}

// NetworkChange is a network, and what led to it.
type NetworkChange = generated.NetworkChange

// WatchNetwork yields a network as it is, then each time it changes, until ctx
// is done; after is the position of the last change seen, or zero. It outlives
// the platform's restarts, as long as they are not longer than [Retries] allows.
func (c *Client) WatchNetwork(ctx context.Context, code events.PCN, after events.Position) iter.Seq2[NetworkChange, error] {
	variables := map[string]any{"code": code}
	if !after.IsZero() {
		variables["after"] = after
	}
	return func(yield func(NetworkChange, error) bool) {
		for data, err := range c.subscribe(ctx, generated.NetworkChanged_Operation, variables, true) {
			var change generated.NetworkChangedResponse
			if err == nil {
				err = json.Unmarshal(data, &change)
			}
			if !yield(change.NetworkChanged, err) || err != nil {
				return
			}
		}
	}
}

// Subscribe yields the data of each change that document, a subscription, is
// told of, until ctx is done or the platform ends it. A connection that is lost
// is made again, at most as often as [Retries] says without anything new. If
// document declares a variable $after and selects position, it goes on after
// the last change; else it begins with the state then. An error ends it.
func (c *Client) Subscribe(ctx context.Context, document string, variables map[string]any) iter.Seq2[json.RawMessage, error] {
	return c.subscribe(ctx, document, variables, false)
}

// errEnded ends a stream that says it is complete.
var errEnded = errors.New("the subscription was ended")

// subscribe does so; endless says that the subscription never ends by itself,
// so that an end means that the replica is going.
func (c *Client) subscribe(ctx context.Context, document string, variables map[string]any, endless bool) iter.Seq2[json.RawMessage, error] {
	return func(yield func(json.RawMessage, error) bool) {
		op := operation(document)
		resumes := op != nil && op.VariableDefinitions.ForName("after") != nil
		variables := maps.Clone(variables)
		pauses := pauses()
		for failures := uint(0); ; {
			wanted := true
			err := c.stream(ctx, question{Query: document, Variables: variables}, func(data json.RawMessage) bool {
				failures = 0
				pauses.Reset()
				if at, ok := position(data); ok && resumes {
					if variables == nil {
						variables = map[string]any{}
					}
					variables["after"] = at
				}
				wanted = yield(data, nil)
				return wanted
			})
			var permanent *backoff.PermanentError
			switch failures++; {
			case !wanted, errors.Is(err, errEnded) && !endless:
				return
			case ctx.Err() != nil:
				yield(nil, ctx.Err())
				return
			case errors.As(err, &permanent):
				yield(nil, permanent.Unwrap())
				return
			case failures >= c.tries:
				yield(nil, err)
				return
			}
			select {
			case <-ctx.Done():
				yield(nil, ctx.Err())
				return
			case <-time.NewTimer(pauses.NextBackOff()).C:
			}
		}
	}
}

// position is where a payload says it is true at.
func position(data json.RawMessage) (at events.Position, ok bool) {
	var fields map[string]struct {
		Position events.Position `json:"position"`
	}
	if json.Unmarshal(data, &fields) != nil || len(fields) != 1 {
		return at, false
	}
	for _, field := range fields {
		at = field.Position
	}
	return at, !at.IsZero()
}

// stream is one connection. It returns errEnded when the platform says that it
// is complete, and never nil unless take returns false.
func (c *Client) stream(ctx context.Context, q question, take func(json.RawMessage) bool) error {
	body, err := json.Marshal(q)
	if err != nil {
		return backoff.Permanent(fmt.Errorf("the request cannot be written: %w", err))
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silence := time.AfterFunc(c.quiet, func() { cancel(fmt.Errorf("nothing was heard for %s", c.quiet)) })
	defer silence.Stop()

	resp, err := c.send(ctx, "/graphql", body, "text/event-stream")
	if err != nil {
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // it was only read
	if kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); kind != "text/event-stream" {
		if _, err := c.read(resp); err != nil {
			return err
		}
		return backoff.Permanent(unreachable(c.url, errors.New("an answer of another kind than a stream: is the document a subscription?")))
	}
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, mostBody)
	var event, data string
	for lines.Scan() {
		silence.Reset(c.quiet)
		field, value, _ := strings.Cut(lines.Text(), ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case field == "event":
			event = value
		case field == "data":
			data += value
		case lines.Text() != "": // a comment, which is how a ping looks
		case event == "complete":
			return errEnded
		case event == "next":
			if wanted, err := c.next(data, take); !wanted || err != nil {
				return err
			}
			event, data = "", ""
		}
	}
	if why := context.Cause(ctx); why != nil {
		return unreachable(c.url, why)
	}
	return unreachable(c.url, errors.Join(errors.New("the connection ended"), lines.Err()))
}

// next hands one payload on, or says why it cannot.
func (c *Client) next(data string, take func(json.RawMessage) bool) (wanted bool, err error) {
	var a answer
	if err := json.Unmarshal([]byte(data), &a); err != nil {
		return false, unreachable(c.url, err)
	}
	if p := c.judge(a, 0); p != nil {
		// Once a stream is on, being a stranger means that the sign-in has
		// ended: another token may be had for the next one.
		if p.Temporary() || p.Has("UNAUTHENTICATED") {
			return false, p
		}
		return false, backoff.Permanent(p)
	}
	return take(a.Data), nil
}
