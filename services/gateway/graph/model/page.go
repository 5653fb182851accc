package model

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/ics-openbook/openbook/services/network/view"
)

// PageInfo says where a page lies in its list.
type PageInfo struct {
	HasNextPage, HasPreviousPage bool
	StartCursor, EndCursor       *string
}

// Edge is an item of a page with its cursor.
type Edge[N any] struct {
	Cursor string
	Node   N
}

// page is what Relay calls a connection; E is what the contract calls its edges.
type page[N any, E ~struct{ Edge[N] }] struct {
	Nodes    []N
	PageInfo PageInfo
	key      func(N) string
}

// Edges are the page's items with their cursors.
func (p page[N, E]) Edges() []E {
	all := make([]E, len(p.Nodes))
	for i, n := range p.Nodes {
		all[i] = E(struct{ Edge[N] }{Edge[N]{cursor(p.key(n)), n}})
	}
	return all
}

// list is a page of a list of which the whole length is known.
type list[N any, E ~struct{ Edge[N] }] struct {
	page[N, E]
	TotalCount int
}

// The connections and edges by their names in the contract.
type (
	NetworkEdge       struct{ Edge[*view.Network] }
	NetworkConnection struct {
		list[*view.Network, NetworkEdge]
	}
	PracticeEdge       struct{ Edge[*view.Practice] }
	PracticeConnection struct {
		list[*view.Practice, PracticeEdge]
	}
	ConflictEdge       struct{ Edge[*view.Conflict] }
	ConflictConnection struct {
		list[*view.Conflict, ConflictEdge]
	}
	GapEdge             struct{ Edge[*view.Gap] }
	GapConnection       struct{ list[*view.Gap, GapEdge] }
	ChallengeEdge       struct{ Edge[*Challenge] }
	ChallengeConnection struct {
		list[*Challenge, ChallengeEdge]
	}
	ClaimEdge        struct{ Edge[*Claim] }
	ClaimConnection  struct{ list[*Claim, ClaimEdge] }
	PostEdge         struct{ Edge[*Post] }
	PostConnection   struct{ list[*Post, PostEdge] }
	BreachEdge       struct{ Edge[*Breach] }
	BreachConnection struct {
		list[*Breach, BreachEdge]
	}
	EntryEdge       struct{ Edge[*Entry] }
	EntryConnection struct{ page[*Entry, EntryEdge] }
)

// Cut is a part of a list and what lies around it.
type Cut[N any] struct {
	Nodes         []N
	Before, After bool // whether there are more
	Total         int
	Key           func(N) string // what cursors are made of
}

// Networks makes a page of networks.
func Networks(c Cut[*view.Network]) *NetworkConnection {
	return &NetworkConnection{listOf[*view.Network, NetworkEdge](c)}
}

// Practices makes a page of practices.
func Practices(c Cut[*view.Practice]) *PracticeConnection {
	return &PracticeConnection{listOf[*view.Practice, PracticeEdge](c)}
}

// Conflicts makes a page of conflicts.
func Conflicts(c Cut[*view.Conflict]) *ConflictConnection {
	return &ConflictConnection{listOf[*view.Conflict, ConflictEdge](c)}
}

// Gaps makes a page of what is not known.
func Gaps(c Cut[*view.Gap]) *GapConnection {
	return &GapConnection{listOf[*view.Gap, GapEdge](c)}
}

// Challenges makes a page of challenges.
func Challenges(c Cut[*Challenge]) *ChallengeConnection {
	return &ChallengeConnection{listOf[*Challenge, ChallengeEdge](c)}
}

// Breaches makes a page of breaches.
func Breaches(c Cut[*Breach]) *BreachConnection {
	return &BreachConnection{listOf[*Breach, BreachEdge](c)}
}

// Entries makes a page of entries.
func Entries(nodes []*Entry, before, after bool) *EntryConnection {
	key := func(e *Entry) string { return strconv.FormatUint(uint64(e.Ordinal), 10) }
	return &EntryConnection{pageOf[*Entry, EntryEdge](Cut[*Entry]{Nodes: nodes, Before: before, After: after, Key: key})}
}

func listOf[N any, E ~struct{ Edge[N] }](c Cut[N]) list[N, E] {
	return list[N, E]{pageOf[N, E](c), c.Total}
}

func pageOf[N any, E ~struct{ Edge[N] }](c Cut[N]) page[N, E] {
	p := page[N, E]{Nodes: c.Nodes, PageInfo: PageInfo{HasPreviousPage: c.Before, HasNextPage: c.After}, key: c.Key}
	if n := len(c.Nodes); n > 0 {
		first, last := cursor(c.Key(c.Nodes[0])), cursor(c.Key(c.Nodes[n-1]))
		p.PageInfo.StartCursor, p.PageInfo.EndCursor = &first, &last
	}
	return p
}

// A cursor is opaque on purpose: it is where one was, not a thing to compute.
func cursor(key string) string { return base64.RawURLEncoding.EncodeToString([]byte(key)) }

// Cursor reads the key that a cursor was made of.
func Cursor(c string) (key string, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(c)
	return string(b), err == nil
}

// CursorOf reads the key of a cursor of a list, which begins with its name.
func CursorOf(list, c string) (key string, ok bool) {
	key, ok = Cursor(c)
	return key, ok && strings.HasPrefix(key, list)
}
