package view

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// Filter chooses networks. What is not set does not choose.
type Filter struct {
	System         events.ICB
	Place          fact.Place // of System
	Practice       events.Practice
	Text           string // in the name or the code, whatever the case
	ClinicalSystem string // of one member at least
	MinPractices   *int
	MaxPractices   *int
	MinPatients    *int // registered; a network whose patients are not known is in no range
	MaxPatients    *int
	Closed         bool // those closed by the day too
}

// Order is what a list of networks is sorted by.
type Order string

const (
	ByCode      Order = "CODE"
	ByName      Order = "NAME"
	ByPractices Order = "PRACTICES" // the most first, unknown last
	ByPatients  Order = "PATIENTS"  // the most first, unknown last
)

// Networks returns the networks that a filter chooses, by code.
func (r *Reading) Networks(f Filter) (all []*Network) {
	chosen := func(n *Network) {
		if n != nil && n.row.Name != "" && n.chosen(f) {
			all = append(all, n)
		}
	}
	if f.System == "" || len(r.predecessors(f.System)) > 0 {
		for _, n := range r.every().inOrder {
			chosen(n)
		}
		return all
	}
	if s := r.systems.get(f.System); s != nil {
		for _, code := range s.Networks {
			chosen(r.Network(code))
		}
	}
	return all
}

// every is all networks there are, each once, so that what has been worked out
// of one need not be again.
type every struct {
	inOrder []*Network
	byCode  map[events.PCN]*Network
}

func (r *Reading) every() *every {
	if all := r.all.Load(); all != nil {
		return all
	}
	n := r.networks.len()
	all := &every{make([]*Network, 0, n), make(map[events.PCN]*Network, n)}
	for itr := r.networks.iterate(); !itr.Done(); {
		code, row, _ := itr.Next()
		one := r.network(row)
		all.inOrder = append(all.inOrder, one)
		all.byCode[code] = one
	}
	if !r.all.CompareAndSwap(nil, all) {
		return r.all.Load()
	}
	return all
}

// predecessors are the systems that a system has succeeded.
func (r *Reading) predecessors(code events.ICB) (all []events.ICB) {
	for itr := r.systems.iterate(); !itr.Done(); {
		if _, row, _ := itr.Next(); slices.Contains(row.By, code) {
			all = append(all, row.Code)
		}
	}
	return all
}

func (n *Network) chosen(f Filter) bool {
	at := n.at()
	switch {
	case !f.Closed && !n.Open(),
		f.System != "" && at.System != f.System,
		f.Place != "" && at.Place != f.Place,
		!mentions(f.Text, string(n.row.Code), n.row.Name):
		return false
	}
	if f.Practice == "" && f.ClinicalSystem == "" && f.MinPractices == nil && f.MaxPractices == nil && f.MinPatients == nil && f.MaxPatients == nil {
		return true
	}
	members, why := n.members()
	if f.Practice != "" && !slices.ContainsFunc(members, func(p *practice) bool { return p.Code == f.Practice }) ||
		f.ClinicalSystem != "" && !slices.ContainsFunc(members, func(p *practice) bool { return strings.EqualFold(p.Supplier, f.ClinicalSystem) }) ||
		!within(len(members), why, f.MinPractices, f.MaxPractices) {
		return false
	}
	if f.MinPatients == nil && f.MaxPatients == nil {
		return true
	}
	patients, why := n.patients(fact.Registered)
	return within(patients, why, f.MinPatients, f.MaxPatients)
}

func within(n int, why *figure.Unknown, least, most *int) bool {
	if least == nil && most == nil {
		return true
	}
	return why == nil && (least == nil || n >= *least) && (most == nil || n <= *most)
}

// Sort sorts networks; equal ones by code.
func Sort(all []*Network, by Order) {
	if by == ByCode {
		slices.SortFunc(all, func(a, b *Network) int { return cmp.Compare(a.row.Code, b.row.Code) })
		return
	}
	keys := make(map[*Network]string, len(all))
	for _, n := range all {
		keys[n] = n.Key(by)
	}
	slices.SortFunc(all, func(a, b *Network) int { return cmp.Compare(keys[a], keys[b]) })
}

// Key is where the network stands in an order: no two have the same, and a list
// in that order is sorted by it.
func (n *Network) Key(by Order) string {
	switch by {
	case ByName:
		return strings.ToLower(n.row.Name) + "\x00" + string(n.row.Code)
	case ByPractices:
		members, why := n.members()
		return most(len(members), why) + string(n.row.Code)
	case ByPatients:
		patients, why := n.patients(fact.Registered)
		return most(patients, why) + string(n.row.Code)
	case ByCode:
	}
	return string(n.row.Code)
}

// most is a key by which the most come first, and what is not known last.
func most(n int, why *figure.Unknown) string {
	if why != nil {
		n = -1
	}
	return fmt.Sprintf("%010d ", math.MaxInt32-1-n)
}

// Network is a Primary Care Network on a day.
type Network struct {
	row *network
	of  *Reading
	id  string

	// What has been worked out once already.
	where atomic.Pointer[where]
	found atomic.Pointer[members]
	shown atomic.Pointer[[]*Practice]
	sums  [len(fact.Bases)]atomic.Pointer[figure.Figure]
}

func (r *Reading) network(row *network) *Network {
	return &Network{row: row, of: r, id: string(row.Code.Entity())}
}

// where is where a network is on the day.
type where struct {
	located
	system *System
	place  *Place
	subICB *SubICB
}

// members are the practices that are members on a day, or why that is not known.
type members struct {
	all []*practice
	why *figure.Unknown
}

func (n *Network) ID() string          { return n.id }
func (n *Network) Code() events.PCN    { return n.row.Code }
func (n *Network) Name() string        { return n.row.Name }
func (n *Network) Opened() events.Date { return n.row.Opened }

// Within is the system the network is in by the newest that is recorded: rights
// do not depend on the day asked about.
func (n *Network) Within() events.ICB {
	return n.of.rights().Within(n.row.Code)
}

func (n *Network) at() *where {
	if w := n.where.Load(); w != nil {
		return w
	}
	w := &where{located: at(n.row.Located, n.of.On)}
	if w.System != "" {
		w.System = n.of.Standing(w.System, n.of.On)
	}
	w.system, w.place, w.subICB = n.of.System(w.System), n.of.Place(w.System, w.Place), n.of.SubICB(w.SubICB)
	n.where.Store(w)
	return w
}

// Open reports whether the network exists on the day.
func (n *Network) Open() bool {
	return !n.of.On.Before(n.row.Opened) && n.row.Closed.on(n.of.On, n.row.Shut)
}

// ended reports whether the network has closed by the day.
func (n *Network) ended() bool { return !n.row.Closed.on(n.of.On, n.row.Shut) }

// LastDay is the network's last day, or none.
func (n *Network) LastDay() events.Date { return n.row.Closed.LastDay }

// Into is the network it was merged into, or nil.
func (n *Network) Into() *Network { return n.of.Network(n.row.Into) }

// System is the system the network is in on the day, or nil where that is not
// known.
func (n *Network) System() *System { return n.at().system }

// Place is the network's place, or nil where none is recorded.
func (n *Network) Place() *Place { return n.at().place }

// SubICB is the sub-ICB location the network is in, or nil where that is not
// known.
func (n *Network) SubICB() *SubICB { return n.at().subICB }

// Members returns the memberships that certainly include the day read for, by
// practice.
func (n *Network) Members() []*Membership {
	return slices.DeleteFunc(n.Memberships(), func(m *Membership) bool { in, _ := m.row.on(n.of.On); return !in })
}

// Memberships returns every membership there ever was, by practice and in the
// order recorded.
func (n *Network) Memberships() (all []*Membership) {
	for _, code := range n.row.Members {
		p := n.of.practices.get(code)
		if p == nil {
			continue // its own facts are parked; its count says so
		}
		for _, m := range p.Memberships {
			if m.Network == n.row.Code {
				all = append(all, &Membership{m, p, n.of})
			}
		}
	}
	return all
}

// members are the practices that are members on the day, each once, or why that
// is not known.
func (n *Network) members() (all []*practice, why *figure.Unknown) {
	if f := n.found.Load(); f != nil {
		return f.all, f.why
	}
	f := &members{make([]*practice, 0, len(n.row.Members)), unknown(n.of, n.row.Code)}
	for _, code := range n.row.Members {
		f.why = cmp.Or(f.why, unknown(n.of, code))
		p := n.of.practices.get(code)
		if p == nil {
			continue
		}
		member := false
		for i := range p.Memberships {
			m := &p.Memberships[i]
			if m.Network != n.row.Code {
				continue
			}
			in, certain := m.on(n.of.On)
			if member = member || in; !certain {
				f.why = cmp.Or(f.why, undated(p, *m))
			}
		}
		if member {
			f.all = append(f.all, p)
		}
	}
	n.found.Store(f)
	return f.all, f.why
}

// Practices are those that are certainly members on the day, by code. They are
// everybody's: whoever sorts them sorts a copy.
func (n *Network) Practices() []*Practice {
	if shown := n.shown.Load(); shown != nil {
		return *shown
	}
	members, _ := n.members()
	all, shown := make([]Practice, len(members)), make([]*Practice, len(members))
	for i, p := range members {
		all[i] = Practice{p, n.of}
		shown[i] = &all[i]
	}
	n.shown.Store(&shown)
	return shown
}

// PracticeCount is how many practices are members on the day read for.
func (n *Network) PracticeCount() figure.Figure {
	f := counted("practice", func() (int, *figure.Unknown) {
		members, why := n.members()
		return len(members), why
	})
	return f.Counting("The practices that are members of the network on the day.", func() []figure.Part {
		return parts([]*Network{n}, (*practice).named)
	})
}

// Patients is how many patients the members have.
func (n *Network) Patients(basis fact.Basis) figure.Figure {
	sum := func() *figure.Figure {
		f := counted("patient", func() (int, *figure.Unknown) { return n.patients(basis) })
		f = f.Adding("The patients of the network's practices, by the lists that were frozen last, all on one day.", func() []figure.Part {
			return parts([]*Network{n}, n.of.listed(basis))
		})
		return &f
	}
	i := slices.Index(fact.Bases[:], basis)
	if i < 0 {
		return *sum()
	}
	f := n.sums[i].Load()
	if f == nil {
		f = sum()
		n.sums[i].Store(f)
	}
	return *f
}

func (n *Network) patients(basis fact.Basis) (int, *figure.Unknown) {
	members, why := n.members()
	if why != nil {
		return 0, why
	}
	return n.of.patients(basis, members)
}

// ClinicalSystems are the suppliers whose systems the members use, each once,
// by name.
func (n *Network) ClinicalSystems() (all []string) {
	members, _ := n.members()
	for _, p := range members {
		all = inserted(all, p.Supplier)
	}
	return all
}
