package answers

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/gateway/graph"
	"github.com/ics-openbook/openbook/services/gateway/guard"
	"github.com/ics-openbook/openbook/services/gateway/limit"
	"github.com/ics-openbook/openbook/services/internal/clock"
	"github.com/ics-openbook/openbook/services/internal/follow"
)

// registry are the fields of the query that follow from the registry, from the
// contracts as they were at the same entry, the day and the viewer's grants alone. (`me` follows from who asks, `status` and
// `entries` from the book.)
var registry = map[string]bool{
	"system": true, "systems": true, "network": true, "networks": true, "practice": true, "practices": true,
	"sources": true, "conflicts": true, "unknowns": true, "contract": true, "contracts": true,
}

// question is what an answer follows from.
type question struct {
	key    digest // all of it but the state
	seen   *graph.Registry
	day    events.Date
	fields int // of the query
}

type digest [sha256.Size]byte

// question returns what a request asks, unless its answer may follow from
// anything else.
func (c *Cache) question(ctx context.Context) (q question, is bool) {
	session, begun := graph.SessionOf(ctx)
	op := graphql.GetOperationContext(ctx)
	if !begun || op == nil || op.Operation == nil || op.Operation.Operation != ast.Query {
		return q, false
	}
	q.seen, q.day = session.Seen(), clock.Today(c.resolver.Clock)
	// Rights are judged by the newest state: it has to be this.
	if c.resolver.Registry.Seen() != q.seen {
		return q, false
	}
	for _, f := range graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Query"}) {
		switch {
		case f.Name == "__typename":
		case !registry[f.Name]:
			return q, false
		default:
			q.fields++
		}
	}
	variables, err := json.Marshal(op.Variables) // sorted by name
	if err != nil || q.fields == 0 {
		return q, false
	}
	grants, is := c.grants(ctx, op.Operation)
	if !is {
		return q, false
	}
	page := limit.Of(ctx).Page // a document may come to be trusted, or cease to
	q.key = digestOf(op.RawQuery, op.Operation.Name, string(variables), q.day.String(), grants, strconv.Itoa(page))
	return q, true
}

// grants are what a viewer's part in an answer is: nothing, if all that is asked
// for is everybody's. Whoever holds the same grants sees the same, whatever the
// rules make of them.
func (c *Cache) grants(ctx context.Context, op *ast.OperationDefinition) (string, bool) {
	v, somebody := c.resolver.Viewer(ctx)
	if !somebody {
		return "", false
	}
	if everyones(op.SelectionSet, map[string]bool{}) {
		return "everyone", true
	}
	all := slices.Clone(v.Grants())
	slices.SortFunc(all, func(a, b ask.Grant) int { return cmp.Or(cmp.Compare(a.Role, b.Role), cmp.Compare(a.Of, b.Of)) })
	text, err := json.Marshal(slices.Compact(all))
	return string(text), err == nil
}

// everyones reports whether everybody who is signed in has all that is selected.
// Each fragment is looked at once.
func everyones(selected ast.SelectionSet, seen map[string]bool) bool {
	for _, s := range selected {
		switch s := s.(type) {
		case *ast.Field:
			if s.Name == "__typename" {
				continue
			}
			rule, exists := guard.RuleOf(s.ObjectDefinition.Name, s.Name)
			if !exists || !rule.Everyones() || !everyones(s.SelectionSet, seen) {
				return false
			}
		case *ast.InlineFragment:
			if !everyones(s.SelectionSet, seen) {
				return false
			}
		case *ast.FragmentSpread:
			if seen[s.Name] {
				continue
			}
			seen[s.Name] = true
			if !everyones(s.Definition.SelectionSet, seen) {
				return false
			}
		}
	}
	return true
}

// digestOf tells any two lists of texts apart.
func digestOf(parts ...string) (d digest) {
	h := sha256.New()
	for _, p := range parts {
		_ = binary.Write(h, binary.BigEndian, uint64(len(p))) // a hash takes everything
		h.Write([]byte(p))
	}
	h.Sum(d[:0])
	return d
}

// release is what this program is built of: another may say the same otherwise.
var release = func() string {
	info, _ := debug.ReadBuildInfo()
	if info == nil {
		return ""
	}
	return info.String()
}()

// stateOf is a state as every replica of this release knows it: the entry it has
// come to, and what it could not read on the way.
func stateOf(seen *graph.Registry) digest {
	parked := seen.AllParked()
	slices.SortFunc(parked, func(a, b follow.Parking) int { return strings.Compare(string(a.Entity), string(b.Entity)) })
	parts := []string{release, seen.At.Position.String(), string(seen.At.ID)}
	for _, p := range parked {
		parts = append(parts, string(p.Entity), string(p.Fact))
	}
	return digestOf(parts...)
}

// tag names the answer to a question, for HTTP. It is a weak one: what stands
// beside the data may differ.
func (c *Cache) tag(q question) string {
	c.mu.Lock()
	c.of(q.seen)
	state := c.state
	c.mu.Unlock()
	d := digestOf(string(state[:]), string(q.key[:]))
	return `W/"` + base64.RawURLEncoding.EncodeToString(d[:18]) + `"`
}
