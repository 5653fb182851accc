package reconcile_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/govalues/decimal"
	"pgregory.net/rapid"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	"github.com/ics-openbook/openbook/events/staffing"
	"github.com/ics-openbook/openbook/events/workforce"
	"github.com/ics-openbook/openbook/services/workforce/view/reconcile"
)

// collected is what the collection calls some roles.
var collected = map[contract.Key]string{
	coordinator: "Care Coordinator", dietitian: "Dietician", pharmacist: "Pharmacist",
	"mental-health-practitioner": "Therapist- Other (Mental Health Practitioner - Adult)", "general-practitioner": "Salaried By PCN",
}

// person is somebody of whom all accounts are made. Days are those of the month;
// one that is below 1 or above 30 is outside it.
type person struct {
	n           int
	role        contract.Key
	hours       int // a week, in hundredths
	first, last int
}

func persons(t *rapid.T) (all []person) {
	keys := []contract.Key{coordinator, dietitian, pharmacist, "mental-health-practitioner", "general-practitioner"}
	for n := range rapid.IntRange(1, 12).Draw(t, "people") {
		p := person{n: n + 1, role: rapid.SampledFrom(keys).Draw(t, "role"), hours: rapid.IntRange(2_00, 40_00).Draw(t, "hours"), first: rapid.IntRange(-400, 20).Draw(t, "first")}
		if p.last = 40; n > 0 { // one stays, so that there is a return
			p.last = rapid.IntRange(max(p.first, 1), 60).Draw(t, "last")
		}
		all = append(all, p)
	}
	return all
}

func on(n int) events.Date { return june.First().AddDays(n - 1) }

func hours(hundredths int) decimal.Decimal { return decimal.MustNew(int64(hundredths), 2) }

func claimsOf(all []person) (lines []workforce.Line) {
	for _, p := range all {
		l := line(p.n, p.role, hours(p.hours).String(), on(p.first).String(), "")
		if p.last < 40 { // the others may leave later
			l.LeftOn = on(p.last)
		}
		lines = append(lines, l)
	}
	return lines
}

func postsOf(all []person) (facts []staffing.Event) {
	for i, p := range all {
		facts = append(facts, planned(i+1, p.role, hours(p.hours).String()), filled(i+1, p.n, on(p.first).String()))
		if p.last < 40 {
			facts = append(facts, vacated(i+1, on(p.last).String(), staffing.Ended))
		}
	}
	return facts
}

func returnOf(all []person) staffing.StaffReturned {
	sums := map[contract.Key]decimal.Decimal{}
	for _, p := range all {
		if p.last < 30 {
			continue
		}
		wte, err := hours(p.hours).Quo(decimal.MustParse("37.5"))
		if err == nil {
			sums[p.role], err = sums[p.role].Add(wte.Round(9)) // as the collection has it
		}
		if err != nil {
			panic(err)
		}
	}
	var wte []string
	for key, sum := range sums {
		wte = append(wte, fmt.Sprint(collected[key], " ", sum))
	}
	slices.Sort(wte)
	return returned(append(wte, "Receptionist 3.2")...).(staffing.StaffReturned)
}

// When claims, posts and return are made of the same people, nothing differs, and
// when they are not, the difference is about who it is.
func TestTheSamePeopleAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := persons(t)
		if r := month(claimsOf(all), append(postsOf(all), returnOf(all))...); len(r.Differences) != 0 {
			t.Fatalf("the same people differ: %v", told(r.Differences))
		}
		other := slices.Clone(all)
		i := rapid.IntRange(0, len(all)-1).Draw(t, "who")
		is := &other[i]
		faults := map[string]func(){
			"role":  func() { is.role = "podiatrist" },
			"hours": func() { is.hours += rapid.SampledFrom([]int{-1, 1}).Draw(t, "more") },
			"first": func() { is.first = max(is.first, 1) + 1; is.last = max(is.last, is.first) },
			"gone":  func() { is.last = 0; is.first = -500 },
			"last":  func() { is.last = max(min(is.last, 30)-1, max(is.first, 1)) },
		}
		fault := rapid.SampledFrom([]string{"first", "gone", "hours", "last", "role"}).Draw(t, "fault")
		faults[fault]()
		same := func(p person) person { // as the month sees it
			p.first, p.last = max(p.first, 1), min(p.last, 30)
			return p
		}
		if same(*is) == same(all[i]) {
			return
		}
		got := told(month(claimsOf(all), append(postsOf(other), returnOf(all))...).Differences)
		if len(got) == 0 {
			t.Fatalf("another %s in the post of %s is no difference", fault, role(is.n))
		}
		for _, d := range got {
			if fields := strings.Fields(d); len(fields) < 3 || strings.Join(fields[1:3], " ") != role(is.n) {
				t.Errorf("another %s in the post of %s is: %v", fault, role(is.n), got)
			}
		}
		got = told(month(slices.Delete(claimsOf(all), i, i+1), append(postsOf(all), returnOf(all))...).Differences)
		if len(all) > 1 && !slices.ContainsFunc(got, func(d string) bool { return strings.HasPrefix(d, "POST_NOT_CLAIMED "+role(is.n)+" ") }) {
			t.Errorf("%s is not claimed for, and that is: %v", role(is.n), got)
		}
	})
}

// Who is missing in the return, or too many, is a difference about their role.
func TestTheReturnOfOthersDiffers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := persons(t)
		i := rapid.IntRange(0, len(all)-1).Draw(t, "who")
		if all[i].last < 30 {
			return
		}
		for what, other := range map[string][]person{"missing": slices.Delete(slices.Clone(all), i, i+1), "there twice": append(slices.Clone(all), all[i])} {
			got := told(month(claimsOf(all), append(postsOf(all), returnOf(other))...).Differences)
			if len(got) != 1 || !strings.HasSuffix(got[0], " "+string(all[i].role)) || !slices.Contains([]string{string(reconcile.ReturnDiffers), string(reconcile.ClaimedRoleNotReturned)}, strings.Fields(got[0])[0]) {
				t.Errorf("%s is %s, and that is: %v", role(all[i].n), what, got)
			}
		}
	})
}
