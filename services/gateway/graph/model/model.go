// Package model is what the graph is made of where no domain's view has it
// already: receipts, pages, entries, and what mutations answer.
package model

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/internal/decider"
	"github.com/ics-openbook/openbook/services/internal/follow"
	"github.com/ics-openbook/openbook/services/network/view"
)

// Node is anything with a global id, which is its entity.
type Node interface{ ID() string }

// Problem is one reason why nothing was recorded.
type Problem struct {
	Code    string
	Message string
	Path    *string
}

// Docs is where the problem's code is explained.
func (p Problem) Docs() string { return "/docs/problems#" + strings.ToLower(p.Code) }

// Receipt says what was recorded, and where.
type Receipt struct {
	ID       events.ID
	Entries  int
	Types    []string
	Revision events.Revision
	Position events.Position
	Time     time.Time
	Visible  bool
	Proposed []decider.Proposal                             // of a rehearsal; no part of the contract's receipt
	Count    func(context.Context) (*events.Ordinal, error) // looked up only where it is asked for
}

// Ordinal is the entry's place in the whole book, or nil before it is counted.
func (r Receipt) Ordinal(ctx context.Context) (*events.Ordinal, error) { return r.Count(ctx) }

// Done is what every mutation answers: a receipt or problems.
type Done struct {
	Receipt  *Receipt
	Problems []Problem
}

// The payloads, each with what was asked about.
type (
	SystemPayload struct {
		Done
		System *view.System
	}
	PlacePayload struct {
		Done
		Place *view.Place
	}
	NetworkPayload struct {
		Done
		Network *view.Network
	}
	PracticePayload struct {
		Done
		Practice *view.Practice
	}
	ReportPayload struct {
		Done
		Proposed []decider.Proposal
	}
)

// BookStatus is how the book and this replica's view of it are.
type BookStatus struct {
	Book       string
	Epoch      string
	Recorded   events.Ordinal
	Relayed    events.Ordinal
	Visible    events.Ordinal
	LagFacts   int
	LagSeconds float64
	Parked     []follow.Parking
}

// Entry is one fact, as it was recorded.
type Entry struct{ events.Recorded }

// Actor is who asked for it, or nil for a fact that has none.
func (e Entry) Actor() *events.PersonRef {
	if e.Recorded.Actor == "" {
		return nil
	}
	return &e.Recorded.Actor
}

// Data is what was recorded.
func (e Entry) Data() json.RawMessage { return e.Recorded.Data }

// PageInfo says where a page lies in its list.
type PageInfo struct {
	HasNextPage, HasPreviousPage bool
	StartCursor, EndCursor       *string
}

// page is what Relay calls a connection.
type page[N any] struct {
	Edges    []Edge[N]
	Nodes    []N
	PageInfo PageInfo
}

// Edge is an item of a page with its cursor.
type Edge[N any] struct {
	Cursor string
	Node   N
}

// The connections and edges by their names in the contract.
type (
	NetworkEdge       struct{ Edge[*view.Network] }
	NetworkConnection struct {
		page[*view.Network]
		TotalCount int
	}
	EntryEdge       struct{ Edge[*Entry] }
	EntryConnection struct{ page[*Entry] }
)

// Edges are the page's items with their cursors.
func (c NetworkConnection) Edges() (all []NetworkEdge) {
	for _, e := range c.page.Edges {
		all = append(all, NetworkEdge{e})
	}
	return all
}

// Edges are the page's items with their cursors.
func (c EntryConnection) Edges() (all []EntryEdge) {
	for _, e := range c.page.Edges {
		all = append(all, EntryEdge{e})
	}
	return all
}

// pageOf makes a page of nodes, whose cursors are made of key.
func pageOf[N any](nodes []N, key func(N) string, before, after bool) page[N] {
	p := page[N]{Nodes: nodes, Edges: make([]Edge[N], len(nodes)), PageInfo: PageInfo{HasPreviousPage: before, HasNextPage: after}}
	for i, n := range nodes {
		p.Edges[i] = Edge[N]{Cursor: cursor(key(n)), Node: n}
	}
	if len(nodes) > 0 {
		p.PageInfo.StartCursor, p.PageInfo.EndCursor = &p.Edges[0].Cursor, &p.Edges[len(nodes)-1].Cursor
	}
	return p
}

// Networks makes a page of networks.
func Networks(nodes []*view.Network, before, after bool, total int) *NetworkConnection {
	return &NetworkConnection{pageOf(nodes, (*view.Network).ID, before, after), total}
}

// Entries makes a page of entries.
func Entries(nodes []*Entry, before, after bool) *EntryConnection {
	return &EntryConnection{pageOf(nodes, func(e *Entry) string { return strconv.FormatUint(uint64(e.Ordinal), 10) }, before, after)}
}

// A cursor is opaque on purpose: it is where one was, not a thing to compute.
func cursor(key string) string { return base64.RawURLEncoding.EncodeToString([]byte(key)) }

// Cursor reads the key that a cursor was made of.
func Cursor(c string) (key string, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(c)
	return string(b), err == nil
}

// NetworkChange is a network and what led to it, or why there are no more.
type NetworkChange struct {
	Is       *view.Network
	Entries  []*Entry
	Position events.Position
	End      error // ends the subscription with a reason
}

// Network is the network as it is now.
func (c NetworkChange) Network() (*view.Network, error) { return c.Is, c.End }
