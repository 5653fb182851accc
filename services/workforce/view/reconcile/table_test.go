package reconcile_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/staffing"
	"github.com/ics-openbook/openbook/services/internal/figure"
	"github.com/ics-openbook/openbook/services/workforce/view/reconcile"
)

func shown(f figure.Figure) string {
	if f.Unknown != nil {
		return f.Unknown.Code
	}
	return f.Value.String()
}

// rows are a table's, as people, claimed, there at the end, in posts, returned.
func rows(t reconcile.Table) (all []string) {
	for _, r := range t.Roles {
		all = append(all, fmt.Sprint(r.Key, " ", max(r.Lines, r.Holders), " ", shown(r.Claimed), " ", shown(r.AtEnd), " ", shown(r.Posts), " ", shown(r.Returned)))
	}
	for _, o := range t.Outside {
		all = append(all, fmt.Sprint(o.Role, " ", o.Records, " ", o.People, " ", o.WTE))
	}
	return append(all, shown(t.OutsideWTE))
}

func TestRoles(t *testing.T) {
	moved := facts{planned(1, coordinator, "37.5"), filled(1, 1, long), vacated(1, "2026-06-14", staffing.Moved), planned(2, coordinator, "30"), filled(2, 1, "2026-06-15")}
	for what, c := range map[string]struct {
		claims lines
		staff  facts
		want   []string
	}{
		"nothing": {nil, nil, []string{"NOT_RETURNED"}},
		"each has it": {
			append(lines{line(2, coordinator, "12.5", long, "2026-06-29")}, one...), with(onePost, returned("Care Coordinator 0.333333333", "Receptionist 2.5", "Other 0.125")),
			[]string{"care-coordinator 2 1.33 1 1 0.33", "Receptionist 1 1 2.5", "Other 1 1 0.125", "2.62"},
		},
		"each has another": {
			one, facts{planned(1, dietitian, "30"), filled(1, 2, long), returned("Podiatrist 1")},
			[]string{"care-coordinator 1 1 1 0 0", "dietitian 1 0 0 0.8 0", "podiatrist 0 0 0 0 1", "0"},
		},
		"one alone claims":       {one, nil, []string{"care-coordinator 1 1 1 NO_POSTS NOT_RETURNED", "NOT_RETURNED"}},
		"one alone has posts":    {nil, onePost, []string{"care-coordinator 1 NOT_CLAIMED NOT_CLAIMED 1 NOT_RETURNED", "NOT_RETURNED"}},
		"one alone returns":      {nil, facts{oneThere}, []string{"care-coordinator 0 NOT_CLAIMED NOT_CLAIMED NO_POSTS 1", "0"}},
		"who moves is one":       {nil, moved, []string{"care-coordinator 1 NOT_CLAIMED NOT_CLAIMED 0.8 NOT_RETURNED", "NOT_RETURNED"}},
		"who has two posts":      {nil, with(onePost, planned(2, dietitian, "7.5"), filled(2, 1, long)), []string{"care-coordinator 1 NOT_CLAIMED NOT_CLAIMED 1 NOT_RETURNED", "dietitian 1 NOT_CLAIMED NOT_CLAIMED 0.2 NOT_RETURNED", "NOT_RETURNED"}},
		"no post of its own":     {nil, with(onePost, own(2, dietitian, "7.5"), filled(2, 2, long)), []string{"care-coordinator 1 NOT_CLAIMED NOT_CLAIMED 1 NOT_RETURNED", "NOT_RETURNED"}},
		"and one of its own":     {nil, with(onePost, own(2, dietitian, "7.5"), filled(2, 1, long)), []string{"care-coordinator 1 NOT_CLAIMED NOT_CLAIMED 1 NOT_RETURNED", "NOT_RETURNED"}},
		"who left in the month":  {nil, with(onePost, vacated(1, "2026-06-02", staffing.Ended)), []string{"care-coordinator 1 NOT_CLAIMED NOT_CLAIMED 1 NOT_RETURNED", "NOT_RETURNED"}},
		"a post that is empty":   {nil, facts{planned(1, coordinator, "37.5"), oneThere}, []string{"care-coordinator 0 NOT_CLAIMED NOT_CLAIMED 0 1", "0"}},
		"a role not collected":   {lines{line(1, "consultant-nurse-primary-care", "37.5", long, "")}, facts{oneThere}, []string{"care-coordinator 0 0 0 NO_POSTS 1", "consultant-nurse-primary-care 1 1 1 NO_POSTS ROLE_NOT_COLLECTED", "0"}},
		"and not returned":       {lines{line(1, "consultant-nurse-primary-care", "37.5", long, "")}, nil, []string{"consultant-nurse-primary-care 1 1 1 NO_POSTS NOT_RETURNED", "NOT_RETURNED"}},
		"of another year's role": {lines{line(1, "general-practitioner-recently-qualified", "37.5", long, "")}, facts{returned("Salaried By PCN 2")}, []string{"general-practitioner 0 0 0 NO_POSTS 2", "general-practitioner-recently-qualified 1 1 1 NO_POSTS ROLE_NOT_COLLECTED", "0"}},
	} {
		r := month(c.claims, c.staff...)
		if diff := cmp.Diff(c.want, rows(r.Table)); diff != "" {
			t.Errorf("%s: want -, got +\n%s", what, diff)
		}
		for _, f := range r.Roles {
			for _, one := range []figure.Figure{f.Claimed, f.AtEnd, f.Posts, f.Returned} {
				if one.Unit != "WTE" || (one.Value == nil) == (one.Unknown == nil) || one.Unknown != nil && one.Unknown.Reason == "" {
					t.Errorf("%s: %+v", what, one)
				}
				if p := one.Passport; (p == nil) != (one.Value == nil) || p != nil && (p.Rule == "" || !strings.HasSuffix(p.Arithmetic(), " = "+one.Written())) {
					t.Errorf("%s: %+v", what, p)
				}
				if one.Unknown != nil && one.Unknown.Code != "ROLE_NOT_COLLECTED" && *one.Unknown.OwedBy != events.PCN("U99001").Entity() {
					t.Errorf("%s: %+v", what, one.Unknown)
				}
			}
		}
	}
}

// Each figure names the lines, posts and returns that it is of, and of several
// networks what each has.
func TestWhatIsBehindATable(t *testing.T) {
	of := func(network events.PCN, claims lines, all ...staffing.Event) *reconcile.Reconciliation {
		return reconcile.Of(reconcile.Sources{Network: network, Month: june, Claims: claimed(network, claims), Staff: staff(network, all...)})
	}
	one := of("U99001", lines{line(1, coordinator, "37.5", long, ""), line(2, coordinator, "12.5", long, "2026-06-29"), line(3, dietitian, "5", long, "")},
		planned(1, coordinator, "30"), filled(1, 1, long), planned(2, dietitian, "1"), filled(2, 9, "2026-07-01"), returned("Care Coordinator 0.333", "Receptionist 2.5", "Other 0.125"))
	two := of("U99002", lines{line(1, coordinator, "20", long, "")}, returned("Care Coordinator 1", "Other 1.001"))
	sum := reconcile.Together(one, two)
	for _, c := range []struct {
		is   figure.Figure
		want string
	}{
		{one.Roles[0].Claimed, "(37.5 + 12.5) ÷ 37.5 = 1.33 WTE of [U99001 claim 0]"},
		{one.Roles[0].AtEnd, "37.5 ÷ 37.5 = 1 WTE of [U99001 claim 0]"},
		{one.Roles[0].Posts, "30 ÷ 37.5 = 0.8 WTE of [U99001 0 U99001 1]"},
		{one.Roles[1].Posts, "nothing = 0 WTE of []"},
		{one.Roles[0].Returned, "0.333 = 0.33 WTE of [U99001 4]"},
		{one.OutsideWTE, "2.5 + 0.125 = 2.62 WTE of [U99001 4]"},
		{sum.Roles[0].Claimed, "(50 + 20) ÷ 37.5 = 1.87 WTE of [U99001 claim 0 U99002 claim 0]"},
		{sum.Roles[0].AtEnd, "(37.5 + 20) ÷ 37.5 = 1.53 WTE of [U99001 claim 0 U99002 claim 0]"},
		{sum.Roles[0].Posts, "30 ÷ 37.5 = 0.8 WTE of [U99001 0 U99001 1]"},
		{sum.Roles[0].Returned, "0.333 + 1 = 1.33 WTE of [U99001 4 U99002 0]"},
		{sum.OutsideWTE, "2.5 + 0.125 + 1.001 = 3.63 WTE of [U99001 4 U99002 0]"},
	} {
		if got := fmt.Sprintf("%s of %s", c.is.Passport.Arithmetic(), c.is.Entries()); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
	for _, d := range one.Differences {
		for _, s := range d.Sides {
			if p := s.Passport; s.Value != nil && (p == nil || p.Rule == "" || !strings.HasSuffix(p.Arithmetic(), " = "+s.Written()) || s.Value.IsPos() != (len(p.Entries()) > 0)) {
				t.Errorf("%s: %s has %s of %s", d.Code, s.Account, p.Arithmetic(), p.Entries())
			}
		}
	}
	moved := month(lines{line(1, coordinator, "37.5", "2026-06-10", "")}, planned(1, coordinator, "30"), filled(1, 1, "2026-06-20"))
	var told []string
	for _, d := range moved.Differences {
		for _, s := range d.Sides {
			if s.Value != nil {
				told = append(told, fmt.Sprintf("%s %s", s.Passport.Arithmetic(), s.Entries()))
			}
		}
	}
	want := []string{
		"37.5 ÷ 37.5 = 1 WTE [U99001 claim 0]",
		"37.5 = 37.5 hours a week [U99001 claim 0]", "30 = 30 hours a week [U99001 0 U99001 1]",
		"2026-06-30 − 2026-06-10 + 1 = 21 days [U99001 claim 0]", "2026-06-30 − 2026-06-20 + 1 = 11 days [U99001 0 U99001 1]",
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("what differs: want -, got +\n%s", diff)
	}
}

func TestNetworksTogether(t *testing.T) {
	why := &figure.Unknown{Code: "PARKED", Reason: "Something of it cannot be read."}
	of := func(network events.PCN, claims lines, all ...staffing.Event) reconcile.Sources {
		return reconcile.Sources{Network: network, Month: june, Claims: claimed(network, claims), Staff: staff(network, all...)}
	}
	unread := of("U99004", one, with(onePost, oneThere)...)
	unread.NoClaims = why
	sources := []reconcile.Sources{
		of("U99003", nil, returned("Care Coordinator 0.004", "Receptionist 1.5")),
		of("U99001", one, with(onePost, returned("Care Coordinator 1.004", "Receptionist 1", "Other 0.5"))...),
		unread,
		of("U99002", lines{line(1, dietitian, "12.5", long, ""), line(2, coordinator, "12.5", long, "2026-06-01")}),
	}
	var all []*reconcile.Reconciliation
	for _, s := range sources {
		all = append(all, reconcile.Of(s))
	}
	sum := reconcile.Together(all...)
	want := []string{
		"care-coordinator 2 1.33 1 2 2.01", "dietitian 1 0.33 0.33 0 0", // 2.008: what is rounded is the sum
		"Other 1 1 0.5", "Receptionist 2 2 2.5", "3",
	}
	if diff := cmp.Diff(want, rows(sum.Table)); diff != "" {
		t.Error(diff)
	}
	for _, c := range []struct {
		what      string
		got, want reconcile.Coverage
	}{
		{"claims", sum.Claims, reconcile.Coverage{Networks: 2, Missing: []events.PCN{"U99003"}, Unread: []events.PCN{"U99004"}}},
		{"posts", sum.Posts, reconcile.Coverage{Networks: 2, Missing: []events.PCN{"U99002", "U99003"}}},
		{"returns", sum.Returns, reconcile.Coverage{Networks: 3, Missing: []events.PCN{"U99002"}}},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s: %s", c.what, diff)
		}
	}
	slices.Reverse(all)
	if diff := cmp.Diff(rows(sum.Table), rows(reconcile.Together(all...).Table)); diff != "" {
		t.Error("it depends on the order", diff)
	}
	for what, c := range map[string]struct {
		all  []*reconcile.Reconciliation
		want []string
	}{
		"none":                  {nil, []string{"NOT_RETURNED"}},
		"none that has posts":   {[]*reconcile.Reconciliation{reconcile.Of(sources[3]), reconcile.Of(sources[0])}, []string{"care-coordinator 1 0.33 0 NO_POSTS 0", "dietitian 1 0.33 0.33 NO_POSTS 0", "Receptionist 1 1 1.5", "1.5"}},
		"none that can be read": {[]*reconcile.Reconciliation{reconcile.Of(unread)}, []string{"care-coordinator 1 PARKED PARKED 1 1", "0"}},
	} {
		if diff := cmp.Diff(c.want, rows(reconcile.Together(c.all...).Table)); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
}

// Nothing of a return is lost: what is of the scheme and what is not come to all of it.
func TestNothingOfAReturnIsLost(t *testing.T) {
	wte := []string{"Pharmacist 0.100000001", "Dietician 7", "Other 2.5", "Salaried By PCN 1.25", "Receptionist 3.000000009"}
	r := month(nil, returned(wte...))
	sum := *r.OutsideWTE.Value
	for _, one := range r.Roles {
		sum, _ = sum.Add(*one.Returned.Value)
	}
	if sum.String() != "13.85" || !r.Outside[1].WTE.Equal(decimal.MustParse("3.000000009")) {
		t.Errorf("%s of it is left: %+v", sum, r)
	}
}
