package graph

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/services/gateway/graph/model"
	"github.com/ics-openbook/openbook/services/gateway/guard"
	"github.com/ics-openbook/openbook/services/gateway/limit"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/network/view"
)

var (
	errPage   = refuse.New(refuse.Invalid, "PAGE_INVALID", "Say how many you want: `first` (or `last`) from 1 to %d, one of the two.")
	errCursor = refuse.New(refuse.Invalid, "CURSOR_INVALID", "%q is not a cursor of this list. Send one that a page gave you.")
	errText   = refuse.New(refuse.Invalid, "FILTER_INVALID", "The text to look for has %d characters; %d is the most.")
	errPlace  = refuse.New(refuse.Invalid, "FILTER_INVALID", "%q names a place only within a system. Say which: `system`.")
)

// mostText is how long a text may be that is looked for, in characters: names
// are no longer. It is held against every name there is.
const mostText = 200

// span is which part of a list is asked for.
type span struct {
	first, last   *int
	after, before *string
}

func checkPage(ctx context.Context, first, last *int) error {
	most := limit.Of(ctx).Page
	if (first == nil) == (last == nil) || first != nil && (*first < 1 || *first > most) || last != nil && (*last < 1 || *last > most) {
		return errPage.About("first", most)
	}
	return nil
}

// cut takes from all, which is sorted by key, what a span says. A cursor is the
// name of the list and a key: what it named may be gone, its place is not.
func cut[N any](ctx context.Context, list string, all []N, key func(N) string, s span) (c model.Cut[N], err error) {
	if err := checkPage(ctx, s.first, s.last); err != nil {
		return c, err
	}
	from, to := 0, len(all)
	place := func(cursor string) (at int, found bool, err error) {
		k, ok := model.CursorOf(list, cursor)
		if !ok {
			return 0, false, errCursor.About("after", ask.Clip(cursor))
		}
		at, found = slices.BinarySearchFunc(all, k[len(list):], func(n N, k string) int { return strings.Compare(key(n), k) })
		return at, found, nil
	}
	if s.after != nil {
		at, found, err := place(*s.after)
		if err != nil {
			return c, err
		}
		if from = at; found {
			from++
		}
	}
	if s.before != nil {
		if to, _, err = place(*s.before); err != nil {
			return c, err
		}
	}
	from = min(from, to)
	if s.first != nil {
		to = min(to, from+*s.first)
	} else {
		from = max(from, to-*s.last)
	}
	named := func(n N) string { return list + key(n) }
	return model.Cut[N]{Nodes: all[from:to], Before: from > 0, After: to < len(all), Total: len(all), Key: named}, nil
}

// networks makes a page of networks.
func (r *Resolver) networks(ctx context.Context, s span, filter *view.Filter, order view.Order, asAt *time.Time, on *events.Date) (*model.NetworkConnection, error) {
	f := view.Filter{}
	if filter != nil {
		f = *filter
	}
	if err := CheckNetworks(f); err != nil {
		return nil, err
	}
	reading, err := r.reading(ctx, asAt, on)
	if err != nil {
		return nil, err
	}
	all := reading.Networks(f)
	view.Sort(all, order)
	c, err := cut(ctx, "networks "+string(order)+" ", all, func(n *view.Network) string { return n.Key(order) }, s)
	return model.Networks(c), err
}

// practices makes a page of practices, by code.
func (r *Resolver) practices(ctx context.Context, s span, filter *view.PracticeFilter, asAt *time.Time, on *events.Date) (*model.PracticeConnection, error) {
	f := view.PracticeFilter{}
	if filter != nil {
		f = *filter
	}
	if err := CheckPractices(f); err != nil {
		return nil, err
	}
	reading, err := r.reading(ctx, asAt, on)
	if err != nil {
		return nil, err
	}
	c, err := cut(ctx, "practices ", reading.Practices(f), func(p *view.Practice) string { return string(p.Code()) }, s)
	return model.Practices(c), err
}

// conflicts makes a page of conflicts in the viewer's systems, or in one.
func (r *Resolver) conflicts(ctx context.Context, s span, system *events.ICB, asAt *time.Time, on *events.Date) (*model.ConflictConnection, error) {
	own, reading, err := r.findings(ctx, system, asAt, on)
	if err != nil {
		return nil, err
	}
	c, err := cut(ctx, "conflicts ", reading.Conflicts(own), (*view.Conflict).Key, s)
	return model.Conflicts(c), err
}

// unknowns makes a page of what is not known in the viewer's systems, or in one.
func (r *Resolver) unknowns(ctx context.Context, s span, system *events.ICB, code *string, asAt *time.Time, on *events.Date) (*model.GapConnection, error) {
	own, reading, err := r.findings(ctx, system, asAt, on)
	if err != nil {
		return nil, err
	}
	gaps := reading.Gaps(own)
	if code != nil {
		gaps = view.OfCode(gaps, *code)
	}
	c, err := cut(ctx, "unknowns ", gaps, (*view.Gap).Key, s)
	return model.Gaps(c), err
}

func (r *Resolver) findings(ctx context.Context, system *events.ICB, asAt *time.Time, on *events.Date) (own view.Own, _ *view.Reading, err error) {
	v, _ := r.Viewer(ctx) // the guard lets nobody else come here
	if system != nil {
		own, err = OwnOf(v, *system)
	} else {
		own = guard.Own(v)
	}
	if err != nil {
		return own, nil, err
	}
	reading, err := r.reading(ctx, asAt, on)
	return own, reading, err
}

// OwnOf is one system as whose own things are asked for, or why the viewer may
// not have them.
func OwnOf(v guard.Viewer, system events.ICB) (view.Own, error) {
	if !system.Valid() {
		return view.Own{}, errCode.About("system", ask.Clip(string(system)), "system", "QU9 or D4U1Y")
	}
	return view.Own{Systems: []events.ICB{system}}, guard.Sees(v, system.Entity())
}

// CheckMemberships says what is wrong with a filter.
func CheckMemberships(f view.MembershipFilter) error {
	if f.Network != "" && !f.Network.Valid() {
		return errCode.About("network", ask.Clip(string(f.Network)), "Primary Care Network", "U12345")
	}
	return CheckNetworks(view.Filter{Practice: f.Practice})
}

// CheckNetworks says what is wrong with a filter.
func CheckNetworks(f view.Filter) error {
	switch {
	case f.Practice != "" && !f.Practice.Valid():
		return errCode.About("practice", ask.Clip(string(f.Practice)), "GP practice", "A81001")
	case f.Place != "" && f.System == "":
		return errPlace.About("place", ask.Clip(string(f.Place)))
	}
	return cmp.Or(checkText(f.Text), checkSystem(f.System))
}

// CheckPractices says what is wrong with a filter.
func CheckPractices(f view.PracticeFilter) error {
	if f.Network != "" && f.Network != view.NoNetwork && !f.Network.Valid() {
		return errCode.About("network", ask.Clip(string(f.Network)), "Primary Care Network", "U12345")
	}
	return cmp.Or(checkText(f.Text), checkSystem(f.System))
}

func checkText(text string) error {
	if n := utf8.RuneCountInString(text); n > mostText {
		return errText.About("text", n, mostText)
	}
	return nil
}

func checkSystem(code events.ICB) error {
	if code != "" && !code.Valid() {
		return errCode.About("system", ask.Clip(string(code)), "system", "QU9 or D4U1Y")
	}
	return nil
}

// sources are the published files that the book rests on.
func (r *Resolver) sources(ctx context.Context, asAt *time.Time) ([]*view.Source, error) {
	reading, err := r.reading(ctx, asAt, nil)
	if err != nil {
		return nil, err
	}
	return reading.Sources(), nil
}
