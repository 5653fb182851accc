package view

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

func compare[T cmp.Ordered](a, b T) int { return cmp.Compare(a, b) }

func split(e events.Entity) (kind, code string) {
	kind, code, _ = strings.Cut(string(e), "-")
	return kind, code
}

// Reading is a State read for one day. What it gives out are values with their
// own way back to it, so that everything in one answer is of one state and one
// day.
type Reading struct {
	State
	On events.Date
	// Rights is the registry by which it is judged whose something is; nil for
	// State itself. Rights are those of today, whatever moment is read.
	Rights *State
	// Unknown says why what is known of an entity cannot be relied on, or nil;
	// it is nil itself where all can be.
	Unknown func(events.Entity) *figure.Unknown

	// What has been worked out once already, for whoever reads the same.
	shown atomic.Pointer[map[events.ICB]*System] // never changed in place
	all   atomic.Pointer[every]
	years atomic.Pointer[[]*Counting] // never changed in place
	sizes atomic.Pointer[map[frozenOn]bool]
}

// unknown says why what is known of something cannot be relied on, or nil.
func unknown[C interface{ Entity() events.Entity }](r *Reading, code C) *figure.Unknown {
	if r.Unknown == nil {
		return nil
	}
	return r.Unknown(code.Entity())
}

func (r *Reading) rights() State {
	if r.Rights != nil {
		return *r.Rights
	}
	return r.State
}

// System returns a system, or nil.
func (r *Reading) System(code events.ICB) *System {
	row := r.systems.get(code)
	if row == nil {
		return nil
	}
	for {
		before := r.shown.Load()
		var all map[events.ICB]*System
		if before != nil {
			all = *before
		}
		if s := all[code]; s != nil {
			return s
		}
		if all = maps.Clone(all); all == nil {
			all = map[events.ICB]*System{}
		}
		all[code] = &System{row: row, of: r, id: string(code.Entity())}
		r.shown.CompareAndSwap(before, &all)
	}
}

// Network returns a network, or nil.
func (r *Reading) Network(code events.PCN) *Network {
	if all := r.all.Load(); all != nil {
		return all.byCode[code]
	}
	if row := r.networks.get(code); row != nil {
		return r.network(row)
	}
	return nil
}

// Practice returns a practice, or nil.
func (r *Reading) Practice(code events.Practice) *Practice {
	if row := r.practices.get(code); row != nil {
		return &Practice{row, r}
	}
	return nil
}

// Place returns a place of a system, or nil.
func (r *Reading) Place(in events.ICB, code fact.Place) *Place {
	if row := r.systems.get(in); row != nil {
		for _, p := range row.Places {
			if p.Code == code {
				return &Place{p, row, r}
			}
		}
	}
	return nil
}

// SubICB returns a sub-ICB location, or nil.
func (r *Reading) SubICB(code events.SubICB) *SubICB {
	if row := r.subICBs.get(code); row != nil {
		return &SubICB{row, r, string(code.Entity())}
	}
	return nil
}

// Systems returns the systems of the day, by code; closed says whether those
// that have been succeeded are among them.
func (r *Reading) Systems(closed bool) (all []*System) {
	for itr := r.systems.iterate(); !itr.Done(); {
		if _, row, _ := itr.Next(); row.Name != "" && (closed || row.Ends.IsZero() || r.On.Before(row.Ends)) {
			all = append(all, r.System(row.Code))
		}
	}
	return all
}

// Sources returns the published files the book rests on, the oldest first.
func (r *Reading) Sources() (all []*Source) {
	for itr := r.sources.iterate(); !itr.Done(); {
		_, row, _ := itr.Next()
		all = append(all, row)
	}
	slices.SortFunc(all, func(a, b *Source) int {
		return cmp.Or(a.AsAt.Compare(b.AsAt), cmp.Compare(a.Source, b.Source))
	})
	return all
}

// System is an Integrated Care System on a day.
type System struct {
	row   *system
	of    *Reading
	id    string
	found atomic.Pointer[[]*Network] // what has been worked out once already
}

func (s *System) ID() string         { return s.id }
func (s *System) Code() events.ICB   { return s.row.Code }
func (s *System) Name() string       { return s.row.Name }
func (s *System) Within() events.ICB { return s.row.Code }

// Region is the system's NHS England region, or nil where none is recorded.
func (s *System) Region() *events.Region {
	if s.row.Region == "" {
		return nil
	}
	return &s.row.Region
}

// Places returns the system's places by code.
func (s *System) Places() []*Place {
	all := make([]*Place, len(s.row.Places))
	for i, p := range s.row.Places {
		all[i] = &Place{p, s.row, s.of}
	}
	return all
}

// SubICBs returns the sub-ICB locations that are in the system, by code.
func (s *System) SubICBs() (all []*SubICB) {
	for _, code := range s.row.SubICBs {
		if row := s.of.subICBs.get(code); row != nil && row.System == s.row.Code {
			all = append(all, s.of.SubICB(code))
		}
	}
	return all
}

// LastDay is the system's last day, or none.
func (s *System) LastDay() events.Date { return s.row.Ends.AddDays(-1) }

// SucceededBy returns the systems that stand in its place from then on.
func (s *System) SucceededBy() (all []*System) {
	for _, code := range s.row.By {
		if next := s.of.System(code); next != nil {
			all = append(all, next)
		}
	}
	return all
}

// Networks returns the networks that are in the system on the day, by code.
func (s *System) Networks() []*Network {
	found := s.found.Load()
	if found == nil {
		all := s.of.Networks(Filter{System: s.row.Code})
		found = &all
		s.found.Store(found)
	}
	return *found
}

// NetworkCount is how many networks are in the system.
func (s *System) NetworkCount() figure.Figure {
	f := s.count("network", func() (int, *figure.Unknown) { return len(s.Networks()), s.unplaced() })
	return f.Counting("The networks that are in the system on the day.", func() (all []figure.Part) {
		for _, n := range s.Networks() {
			all = append(all, figure.Part{Is: string(n.row.Code), Entries: ids(at(n.row.Located, s.of.On).By)})
		}
		return all
	})
}

// PracticeCount is how many practices are in the system, in a network or not.
func (s *System) PracticeCount() figure.Figure {
	f := s.count("practice", func() (n int, why *figure.Unknown) {
		why = s.practices(func(*practice) { n++ })
		return n, why
	})
	return f.Counting("The practices that are in the system on the day, in a network or not.", func() (all []figure.Part) {
		s.practices(func(row *practice) {
			all = append(all, figure.Part{Is: string(row.Code), Entries: ids(at(row.Located, s.of.On).By)})
		})
		return all
	})
}

// practices looks at each practice that is in the system, and says why it is not
// known of another, or nil.
func (s *System) practices(look func(*practice)) (why *figure.Unknown) {
	judge := func(row *practice) {
		switch p := (&Practice{row, s.of}); {
		case row == nil:
		case p.in(s.row.Code):
			look(row)
		case why == nil && p.Open() && s.of.perhaps(row.Located, s.row.Code):
			why = s.of.elsewhere(string(row.Code)+" "+row.Name, row.Located)
		}
	}
	if len(s.of.predecessors(s.row.Code)) == 0 {
		for _, code := range s.row.Practices {
			judge(s.of.practices.get(code))
		}
		return why
	}
	for itr := s.of.practices.iterate(); !itr.Done(); {
		_, row, _ := itr.Next()
		judge(row)
	}
	return why
}

// MemberCount is how many practices are members of the system's networks.
func (s *System) MemberCount() figure.Figure {
	f := s.count("practice", func() (int, *figure.Unknown) {
		members, why := s.members()
		return len(members), why
	})
	return f.Counting("The practices that are members of the system's networks on the day, each once.", func() []figure.Part {
		return parts(s.Networks(), (*practice).named)
	})
}

// Patients is how many patients the practices of the system's networks have.
func (s *System) Patients(basis fact.Basis) figure.Figure {
	f := s.count("patient", func() (int, *figure.Unknown) {
		members, why := s.members()
		if why != nil {
			return 0, why
		}
		return s.of.patients(basis, members)
	})
	return f.Adding("The patients of the practices of the system's networks, by the lists that were frozen last, all on one day.", func() []figure.Part {
		return parts(s.Networks(), s.of.listed(basis))
	})
}

// members are the practices of the system's networks, or why they are not known.
// One that is recorded in two of them at once is one practice.
func (s *System) members() (all []*practice, why *figure.Unknown) {
	why = s.unplaced()
	seen := map[*practice]bool{}
	for _, net := range s.Networks() {
		members, unknown := net.members()
		why = cmp.Or(why, unknown)
		for _, p := range members {
			if !seen[p] {
				seen[p] = true
				all = append(all, p)
			}
		}
	}
	return all, why
}

// unplaced says why it is not known which networks are in the system on the day,
// or nil: a source tells where a network is on its own day, not before.
func (s *System) unplaced() (why *figure.Unknown) {
	look := func(row *network) {
		if n := s.of.network(row); why == nil && row.Name != "" && n.Open() && s.of.perhaps(row.Located, s.row.Code) {
			why = s.of.elsewhere(string(row.Code)+" "+row.Name, row.Located)
		}
	}
	if len(s.of.predecessors(s.row.Code)) == 0 {
		for _, code := range s.row.Networks {
			look(s.of.networks.get(code))
		}
		return why
	}
	for itr := s.of.networks.iterate(); !itr.Done() && why == nil; {
		_, row, _ := itr.Next()
		look(row)
	}
	return why
}

// perhaps reports whether something may be in a system on the day: where it is
// is not known then, and it is in that system at another time.
func (r *Reading) perhaps(all []located, system events.ICB) bool {
	return at(all, r.On).System == "" && slices.ContainsFunc(all, func(l located) bool {
		return l.System != "" && r.Standing(l.System, r.On) == system
	})
}

// elsewhere says that no source tells where something was on the day.
func (r *Reading) elsewhere(what string, all []located) *figure.Unknown {
	reason := "No source tells which system " + what + " was in on " + r.On.String()
	for _, l := range slices.Backward(all) {
		if l.Undated && r.On.Before(l.From) && !r.On.Before(l.NotBefore) {
			return owed(england, "SYSTEM_NOT_KNOWN", reason+"; it was in "+string(l.System)+" by "+l.From.String()+".", l.NotBefore)
		}
	}
	return owed(england, "SYSTEM_NOT_KNOWN", reason+".", events.Date{})
}

func (s *System) count(unit string, n func() (int, *figure.Unknown)) figure.Figure {
	if why := unknown(s.of, s.row.Code); why != nil {
		return figure.Not(unit, why)
	}
	return counted(unit, n)
}

func counted(unit string, n func() (int, *figure.Unknown)) figure.Figure {
	sum, why := n()
	if why != nil {
		return figure.Not(unit, why)
	}
	return figure.Of(sum, unit)
}

// patients sums the lists of practices as they were frozen last on or before
// the day read for, all on one day: figures of two days do not make a sum.
func (r *Reading) patients(basis fact.Basis, all []*practice) (sum int, why *figure.Unknown) {
	if len(all) == 0 {
		return 0, nil
	}
	var day events.Date
	for _, p := range all {
		if s := p.newest(basis, r.On); s != nil && day.Before(s.On) {
			day = s.On
		}
	}
	for _, p := range all {
		s := p.newest(basis, r.On)
		if s == nil || s.On != day {
			return 0, p.owes(basis, day)
		}
		sum += s.Patients
	}
	return sum, nil
}

// owes says that nobody has said how many patients the practice has.
func (p *practice) owes(basis fact.Basis, day events.Date) *figure.Unknown {
	return owed(p.Code.Entity(), "NOT_SUBMITTED", "Nobody has said how many patients "+string(p.Code)+" "+p.Name+" has ("+strings.ToLower(string(basis))+sinceWhen(day)+").", day)
}

func sinceWhen(day events.Date) string {
	if day.IsZero() {
		return ""
	}
	return ", " + day.String()
}

func owed(by events.Entity, code, reason string, since events.Date) *figure.Unknown {
	u := &figure.Unknown{Code: code, Reason: reason, OwedBy: &by}
	if !since.IsZero() {
		at := since.Time()
		u.Since = &at
	}
	return u
}
