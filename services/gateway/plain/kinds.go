package plain

import (
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/govalues/decimal"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/gateway/graph/model"
	"github.com/ics-openbook/openbook/services/internal/figure"
	"github.com/ics-openbook/openbook/services/network/view"
)

type field = graphql.CollectedField

// root is how what a field of the query has found is written, or nil.
func (p *plan) root(selected ast.SelectionSet, found any) func(*out) {
	switch v := found.(type) {
	case *model.NetworkConnection:
		return rooted(object(p, selected, networks()), v)
	case *model.PracticeConnection:
		return rooted(object(p, selected, practices()), v)
	case *model.ConflictConnection:
		return rooted(object(p, selected, conflicts()), v)
	case *model.GapConnection:
		return rooted(object(p, selected, gaps()), v)
	case []*view.System:
		return rooted(each(p, selected, func(all []*view.System) []*view.System { return all }, system()), v)
	}
	return nil // so little else is in an answer that the general way does
}

func rooted[T any](write writer[T], v T) func(*out) {
	if write == nil {
		return nil
	}
	return func(o *out) { write(o, v) }
}

// connection is a page of nodes. Its edges are left to the general way.
func connection[C, N any](name string, nodes func(C) []N, info func(C) *model.PageInfo, total func(C) int, k func() kind[N]) kind[C] {
	return kind[C]{name, func(p *plan, f field) writer[C] {
		switch f.Name {
		case "nodes":
			return each(p, f.Selections, nodes, k())
		case "pageInfo":
			return surely(p, f.Selections, info, pageInfo())
		case "totalCount":
			return whole(total)
		}
		return nil
	}}
}

func networks() kind[*model.NetworkConnection] {
	type C = *model.NetworkConnection
	return connection("NetworkConnection", func(c C) []*view.Network { return c.Nodes },
		func(c C) *model.PageInfo { return &c.PageInfo }, func(c C) int { return c.TotalCount }, network)
}

func practices() kind[*model.PracticeConnection] {
	type C = *model.PracticeConnection
	return connection("PracticeConnection", func(c C) []*view.Practice { return c.Nodes },
		func(c C) *model.PageInfo { return &c.PageInfo }, func(c C) int { return c.TotalCount }, practice)
}

func conflicts() kind[*model.ConflictConnection] {
	type C = *model.ConflictConnection
	return connection("ConflictConnection", func(c C) []*view.Conflict { return c.Nodes },
		func(c C) *model.PageInfo { return &c.PageInfo }, func(c C) int { return c.TotalCount }, conflict)
}

func gaps() kind[*model.GapConnection] {
	type C = *model.GapConnection
	return connection("GapConnection", func(c C) []*view.Gap { return c.Nodes },
		func(c C) *model.PageInfo { return &c.PageInfo }, func(c C) int { return c.TotalCount }, gap)
}

func pageInfo() kind[*model.PageInfo] {
	type T = *model.PageInfo
	return kind[T]{"PageInfo", func(_ *plan, f field) writer[T] {
		switch f.Name {
		case "hasNextPage":
			return yes(func(i T) bool { return i.HasNextPage })
		case "hasPreviousPage":
			return yes(func(i T) bool { return i.HasPreviousPage })
		case "startCursor":
			return optional(func(i T) *string { return i.StartCursor })
		case "endCursor":
			return optional(func(i T) *string { return i.EndCursor })
		}
		return nil
	}}
}

func network() kind[*view.Network] {
	type T = *view.Network
	return kind[T]{"Network", func(p *plan, f field) writer[T] {
		switch s := f.Selections; f.Name {
		case "id":
			return text(T.ID)
		case "code":
			return text(T.Code)
		case "name":
			return text(T.Name)
		case "system":
			return maybe(p, s, T.System, system())
		case "place":
			return maybe(p, s, T.Place, place())
		case "subICB":
			return maybe(p, s, T.SubICB, subICB())
		case "opened":
			return date(T.Opened)
		case "lastDay":
			return date(T.LastDay)
		case "open":
			return yes(T.Open)
		case "into":
			return maybe(p, s, T.Into, network())
		case "practiceCount":
			return one(p, s, T.PracticeCount, number())
		case "patients":
			return patients(p, f, T.Patients)
		case "clinicalSystems":
			return texts(T.ClinicalSystems)
		case "practices":
			return each(p, s, T.Practices, practice())
		case "members":
			return each(p, s, T.Members, membership())
		case "memberships":
			return each(p, s, T.Memberships, membership())
		}
		return nil
	}}
}

func practice() kind[*view.Practice] {
	type T = *view.Practice
	return kind[T]{"Practice", func(p *plan, f field) writer[T] {
		switch s := f.Selections; f.Name {
		case "id":
			return text(T.ID)
		case "code":
			return text(T.Code)
		case "name":
			return text(T.Name)
		case "system":
			return maybe(p, s, T.System, system())
		case "subICB":
			return maybe(p, s, T.SubICB, subICB())
		case "open":
			return yes(T.Open)
		case "lastDay":
			return date(T.LastDay)
		case "network":
			return maybe(p, s, T.Network, network())
		case "networkUnknown":
			return maybe(p, s, T.NetworkUnknown, unknown())
		case "patients":
			return patients(p, f, T.Patients)
		case "listSizes":
			return each(p, s, T.ListSizes, listSize())
		case "clinicalSystem":
			return optional(T.ClinicalSystem)
		case "deprivation":
			return maybe(p, s, T.Deprivation, deprivation())
		case "memberships":
			return each(p, s, T.Memberships, membership())
		}
		return nil
	}}
}

func membership() kind[*view.Membership] {
	type T = *view.Membership
	return kind[T]{"Membership", func(p *plan, f field) writer[T] {
		switch s := f.Selections; f.Name {
		case "practice":
			return surely(p, s, T.Practice, practice())
		case "network":
			return surely(p, s, T.Network, network())
		case "from":
			return day(T.From)
		case "fromUndated":
			return yes(T.FromUndated)
		case "fromNotBefore":
			return date(T.FromNotBefore)
		case "lastDay":
			return date(T.LastDay)
		case "lastDayUndated":
			return yes(T.LastDayUndated)
		case "lastDayNotBefore":
			return date(T.LastDayNotBefore)
		case "source":
			return optional(T.Source)
		}
		return nil
	}}
}

func listSize() kind[*view.ListSize] {
	type T = *view.ListSize
	return kind[T]{"ListSize", func(_ *plan, f field) writer[T] {
		switch f.Name {
		case "basis":
			return text(T.Basis)
		case "on":
			return day(T.On)
		case "patients":
			return whole(T.Patients)
		case "source":
			return optional(T.Source)
		}
		return nil
	}}
}

func deprivation() kind[*view.Deprivation] {
	type T = *view.Deprivation
	return kind[T]{"Deprivation", func(_ *plan, f field) writer[T] {
		switch f.Name {
		case "year":
			return whole(T.Year)
		case "score":
			return exact(func(d T) *decimal.Decimal { score := d.Score(); return &score })
		}
		return nil
	}}
}

func system() kind[*view.System] {
	type T = *view.System
	return kind[T]{"System", func(p *plan, f field) writer[T] {
		switch s := f.Selections; f.Name {
		case "id":
			return text(T.ID)
		case "code":
			return text(T.Code)
		case "name":
			return text(T.Name)
		case "region":
			return optional(T.Region)
		case "places":
			return each(p, s, T.Places, place())
		case "subICBs":
			return each(p, s, T.SubICBs, subICB())
		case "lastDay":
			return date(T.LastDay)
		case "succeededBy":
			return each(p, s, T.SucceededBy, system())
		case "networkCount":
			return one(p, s, T.NetworkCount, number())
		case "practiceCount":
			return one(p, s, T.PracticeCount, number())
		case "memberCount":
			return one(p, s, T.MemberCount, number())
		case "patients":
			return patients(p, f, T.Patients)
		}
		return nil
	}}
}

func place() kind[*view.Place] {
	type T = *view.Place
	return kind[T]{"Place", func(p *plan, f field) writer[T] {
		switch f.Name {
		case "id":
			return text(T.ID)
		case "code":
			return text(T.Code)
		case "name":
			return text(T.Name)
		case "system":
			return surely(p, f.Selections, T.System, system())
		}
		return nil
	}}
}

func subICB() kind[*view.SubICB] {
	type T = *view.SubICB
	return kind[T]{"SubICB", func(p *plan, f field) writer[T] {
		switch f.Name {
		case "id":
			return text(T.ID)
		case "code":
			return text(T.Code)
		case "name":
			return text(T.Name)
		case "system":
			return maybe(p, f.Selections, T.System, system())
		}
		return nil
	}}
}

func conflict() kind[*view.Conflict] {
	type T = *view.Conflict
	return kind[T]{"Conflict", func(p *plan, f field) writer[T] {
		switch s := f.Selections; f.Name {
		case "code":
			return text(T.Code)
		case "practice":
			return surely(p, s, T.Practice, practice())
		case "memberships":
			return each(p, s, T.Memberships, membership())
		case "from":
			return day(T.From)
		case "lastDay":
			return date(T.LastDay)
		case "reason":
			return text(T.Reason)
		}
		return nil
	}}
}

func gap() kind[*view.Gap] {
	type T = *view.Gap
	return kind[T]{"Gap", func(_ *plan, f field) writer[T] {
		switch f.Name {
		case "about":
			return text(func(g T) events.Entity { return g.About })
		case "code":
			return text(func(g T) string { return g.Code })
		case "reason":
			return text(func(g T) string { return g.Reason })
		case "owedBy":
			return optional(func(g T) *events.Entity { return g.OwedBy })
		case "since":
			return moment(func(g T) *time.Time { return g.Since })
		}
		return nil
	}}
}

// patients is a figure that depends on how patients are counted.
func patients[T any](p *plan, f field, count func(T, fact.Basis) figure.Figure) writer[T] {
	basis, is := f.ArgumentMap(p.op.Variables)["basis"].(string)
	if !is {
		return nil
	}
	return one(p, f.Selections, func(v T) figure.Figure { return count(v, fact.Basis(basis)) }, number())
}

func number() kind[figure.Figure] {
	type T = figure.Figure
	return kind[T]{"Figure", func(p *plan, f field) writer[T] {
		switch f.Name {
		case "value":
			return exact(func(n T) *decimal.Decimal { return n.Value })
		case "unit":
			return text(func(n T) string { return n.Unit })
		case "unknown":
			return maybe(p, f.Selections, func(n T) *figure.Unknown { return n.Unknown }, unknown())
		}
		return nil
	}}
}

func unknown() kind[*figure.Unknown] {
	type T = *figure.Unknown
	return kind[T]{"Unknown", func(_ *plan, f field) writer[T] {
		switch f.Name {
		case "code":
			return text(func(u T) string { return u.Code })
		case "reason":
			return text(func(u T) string { return u.Reason })
		case "owedBy":
			return optional(func(u T) *events.Entity { return u.OwedBy })
		case "since":
			return moment(func(u T) *time.Time { return u.Since })
		}
		return nil
	}}
}
