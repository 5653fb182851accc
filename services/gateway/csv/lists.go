package csv

import (
	"iter"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	said "github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	money "github.com/ics-openbook/openbook/services/funding/view"
	"github.com/ics-openbook/openbook/services/gateway/graph"
	"github.com/ics-openbook/openbook/services/gateway/guard"
	"github.com/ics-openbook/openbook/services/gateway/limit"
	"github.com/ics-openbook/openbook/services/internal/figure"
	"github.com/ics-openbook/openbook/services/internal/refuse"
	"github.com/ics-openbook/openbook/services/network/view"
)

var errList = refuse.New(refuse.NotFound, "LIST_UNKNOWN", "There is no list %q. There are: %s.")

// table is an answer.
type table struct {
	name, of string // of which day, or ledger
	position events.Position
	version  string // of the columns, where they have one
	columns  []string
	amounts  []string // those columns that hold nothing but our own numbers
	rows     rows
}

// reading is what rows are made of.
type reading struct {
	*view.Reading
	ledger *money.Ledger // the one that is asked for, if one is, and anything is entered in it
}

// rows are those of a table: how many, and each in turn.
type rows struct {
	n   int
	all iter.Seq[[]string]
}

// list is one that can be asked for. It has read its own parameters when it is
// given a reading to make rows of.
type list struct {
	takes   []string // beside asAt
	columns []string
	choose  func(*params, guard.Viewer) (func(reading) rows, error)
}

var lists = map[string]list{
	"systems": {
		[]string{"closed", "on"},
		slices.Concat([]string{"code", "name", "region", "last_day", "succeeded_by"}, figures("networks", "practices", "members"), patients),
		systems,
	},
	"networks": {
		[]string{"system", "place", "practice", "text", "clinicalSystem", "minPractices", "maxPractices", "minPatients", "maxPatients", "closed", "order", "on"},
		slices.Concat([]string{"code", "name", "open", "opened", "last_day", "into", "system", "system_name", "place", "place_name", "sub_icb", "sub_icb_name"},
			figures("practices"), patients, []string{"clinical_systems"}),
		networks,
	},
	"practices": {
		[]string{"system", "network", "text", "clinicalSystem", "closed", "on"},
		slices.Concat([]string{"code", "name", "open", "last_day", "system", "system_name", "sub_icb", "sub_icb_name", "network", "network_name", "network_unknown"},
			patients, []string{"clinical_system", "deprivation_year", "deprivation_score"}),
		practices,
	},
	"memberships": {
		[]string{"system", "network", "practice", "closed", "on"},
		[]string{"practice", "practice_name", "network", "network_name", "from", "from_undated", "from_not_before", "last_day", "last_day_undated", "last_day_not_before", "source"},
		memberships,
	},
	"conflicts": {
		[]string{"system", "on"},
		[]string{"code", "practice", "practice_name", "network_1", "source_1", "network_2", "source_2", "from", "last_day", "reason"},
		conflicts,
	},
	"unknowns": {
		[]string{"system", "code", "on"},
		[]string{"about", "code", "reason", "owed_by", "since"},
		unknowns,
	},
}

// ask makes the table that a request is for. It costs what looking through all
// there is does, and then as many fields as it has cells.
func ask(r *graph.Resolver, req *http.Request, charge func(cost int) error) (*table, error) {
	name := req.PathValue("list")
	l, exists := lists[name]
	of, isLedgers := ledgers[name]
	if isLedgers {
		l = of.list
	} else if !exists {
		return nil, errList.About("", said.Clip(name), strings.Join(names(), ", "))
	}
	p, err := parse(req.URL.RawQuery, append(slices.Clone(l.takes), "asAt"))
	if err != nil {
		return nil, err
	}
	ctx := req.Context()
	v, somebody := r.Viewer(ctx)
	if !somebody {
		return nil, guard.ErrNoRule.About("", "csv", name)
	}
	choose, err := l.choose(p, v)
	asAt, on := p.moment("asAt"), p.day("on")
	if p.wrong != nil {
		return nil, p.wrong
	}
	if err != nil {
		return nil, err
	}
	if err := charge(limit.OfTable(asAt != nil)); err != nil {
		return nil, err
	}
	seen, _, err := r.Newest(ctx, req.Header.Get(graph.AfterHeader))
	if err != nil {
		return nil, err
	}
	from := reading{}
	if from.Reading, err = r.Reading(ctx, seen, asAt, on); err != nil {
		return nil, err
	}
	t := &table{name: name, of: from.On.String(), position: seen.At.Position, columns: l.columns}
	if isLedgers {
		books := p.ledger()
		if from.ledger, err = ledger(ctx, r, books, seen, asAt); err != nil {
			return nil, err
		}
		t.of, t.version, t.amounts = string(books.System)+"-"+books.Year.Token(), of.version, of.amounts
	}
	t.rows = choose(from)
	return t, charge(t.rows.n * len(t.columns))
}

// names are those of all lists.
func names() []string {
	all := slices.AppendSeq(slices.Collect(maps.Keys(lists)), maps.Keys(ledgers))
	slices.Sort(all)
	return all
}

// own is whose findings are asked for: one system's, or the viewer's own.
func own(p *params, v guard.Viewer) (view.Own, error) {
	if p.text("system") == "" {
		return guard.Own(v), nil
	}
	return graph.OwnOf(v, events.ICB(p.text("system")))
}

func each[T any](all []T, row func(T) []string) rows {
	return rows{len(all), func(yield func([]string) bool) {
		for _, one := range all {
			if !yield(row(one)) {
				return
			}
		}
	}}
}

func systems(p *params, _ guard.Viewer) (func(reading) rows, error) {
	closed := p.yes("closed")
	return func(r reading) rows {
		return each(r.Systems(closed), func(s *view.System) []string {
			var next []string
			for _, n := range s.SucceededBy() {
				next = append(next, string(n.Code()))
			}
			return slices.Concat([]string{string(s.Code()), s.Name(), text(s.Region()), s.LastDay().String(), strings.Join(next, "; ")},
				known(s.NetworkCount()), known(s.PracticeCount()), known(s.MemberCount()), counts(s.Patients))
		})
	}, nil
}

func networks(p *params, _ guard.Viewer) (func(reading) rows, error) {
	f := view.Filter{
		System: events.ICB(p.text("system")), Place: fact.Place(p.text("place")), Practice: events.Practice(p.text("practice")),
		Text: p.text("text"), ClinicalSystem: p.text("clinicalSystem"), Closed: p.yes("closed"),
		MinPractices: p.number("minPractices"), MaxPractices: p.number("maxPractices"),
		MinPatients: p.number("minPatients"), MaxPatients: p.number("maxPatients"),
	}
	order := one(p, "order", view.ByCode, view.ByName, view.ByPractices, view.ByPatients)
	return func(r reading) rows {
		all := r.Networks(f)
		view.Sort(all, order)
		return each(all, func(n *view.Network) []string {
			into := ""
			if to := n.Into(); to != nil {
				into = string(to.Code())
			}
			system, systemName := system(n.System())
			place, placeName := "", ""
			if p := n.Place(); p != nil {
				place, placeName = string(p.Code()), p.Name()
			}
			subICB, subICBName := subICB(n.SubICB())
			return slices.Concat([]string{
				string(n.Code()), n.Name(), strconv.FormatBool(n.Open()), n.Opened().String(), n.LastDay().String(), into,
				system, systemName, place, placeName, subICB, subICBName,
			}, known(n.PracticeCount()), counts(n.Patients), []string{strings.Join(n.ClinicalSystems(), "; ")})
		})
	}, graph.CheckNetworks(f)
}

func practices(p *params, _ guard.Viewer) (func(reading) rows, error) {
	f := view.PracticeFilter{
		System: events.ICB(p.text("system")), Network: events.PCN(p.text("network")),
		Text: p.text("text"), ClinicalSystem: p.text("clinicalSystem"), Closed: p.yes("closed"),
	}
	return func(r reading) rows {
		return each(r.Practices(f), func(p *view.Practice) []string {
			system, systemName := system(p.System())
			subICB, subICBName := subICB(p.SubICB())
			network, networkName, why := "", "", ""
			if n := p.Network(); n != nil {
				network, networkName = string(n.Code()), n.Name()
			} else if u := p.NetworkUnknown(); u != nil {
				why = u.Reason
			}
			year, score := "", ""
			if d := p.Deprivation(); d != nil {
				year, score = strconv.Itoa(d.Year()), d.Score().String()
			}
			return slices.Concat([]string{
				string(p.Code()), p.Name(), strconv.FormatBool(p.Open()), p.LastDay().String(),
				system, systemName, subICB, subICBName, network, networkName, why,
			}, counts(p.Patients), []string{text(p.ClinicalSystem()), year, score})
		})
	}, graph.CheckPractices(f)
}

func memberships(p *params, v guard.Viewer) (func(reading) rows, error) {
	of, err := own(p, v)
	if err != nil {
		return nil, err
	}
	f := view.MembershipFilter{Network: events.PCN(p.text("network")), Practice: events.Practice(p.text("practice")), Closed: p.yes("closed")}
	if err := graph.CheckMemberships(f); err != nil {
		return nil, err
	}
	return func(r reading) rows {
		return each(r.Memberships(of, f), func(m *view.Membership) []string {
			network, networkName := network(m)
			return []string{
				string(m.Practice().Code()), m.Practice().Name(), network, networkName,
				m.From().String(), strconv.FormatBool(m.FromUndated()), m.FromNotBefore().String(),
				m.LastDay().String(), strconv.FormatBool(m.LastDayUndated()), m.LastDayNotBefore().String(), text(m.Source()),
			}
		})
	}, nil
}

func conflicts(p *params, v guard.Viewer) (func(reading) rows, error) {
	of, err := own(p, v)
	return func(r reading) rows {
		return each(r.Conflicts(of), func(c *view.Conflict) []string {
			row := []string{c.Code(), string(c.Practice().Code()), c.Practice().Name()}
			for _, m := range c.Memberships() {
				code, _ := network(m)
				row = append(row, code, text(m.Source()))
			}
			return append(row, c.From().String(), c.LastDay().String(), c.Reason())
		})
	}, err
}

func unknowns(p *params, v guard.Viewer) (func(reading) rows, error) {
	of, err := own(p, v)
	return func(r reading) rows {
		return each(view.OfCode(r.Gaps(of), p.text("code")), func(g *view.Gap) []string {
			since := ""
			if g.Since != nil {
				since = g.Since.UTC().Format(time.RFC3339)
			}
			return []string{string(g.About), g.Code, g.Reason, text(g.OwedBy), since}
		})
	}, err
}

// patients are the columns of counts.
var patients = func() (all []string) {
	for _, basis := range fact.Bases {
		all = append(all, figures("patients_"+strings.ToLower(string(basis)))...)
	}
	return all
}()

// counts are how many patients there are, however they are counted.
func counts(of func(fact.Basis) figure.Figure) (all []string) {
	for _, basis := range fact.Bases {
		all = append(all, known(of(basis))...)
	}
	return all
}

// figures are the columns of figures: each has one beside it, for why it is not
// known.
func figures(names ...string) (all []string) {
	for _, name := range names {
		all = append(all, name, name+"_unknown")
	}
	return all
}

func known(f figure.Figure) []string {
	if f.Unknown != nil {
		return []string{"", f.Unknown.Reason}
	}
	return []string{f.Value.String(), ""}
}

func text[T ~string](s *T) string {
	if s == nil {
		return ""
	}
	return string(*s)
}

func system(s *view.System) (code, name string) {
	if s == nil {
		return "", ""
	}
	return string(s.Code()), s.Name()
}

func subICB(b *view.SubICB) (code, name string) {
	if b == nil {
		return "", ""
	}
	return string(b.Code()), b.Name()
}

func network(m *view.Membership) (code, name string) {
	if n := m.Network(); n != nil {
		name = n.Name()
	}
	return string(m.In()), name
}
