package staffing

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/staffing"
	"github.com/ics-openbook/openbook/events/workforce"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// Verdict says whether a post is additional to what a network had, so that it may
// be claimed for.
type Verdict string

const (
	Additional    Verdict = "ADDITIONAL"
	InGrace       Verdict = "IN_GRACE"       // for as long as a post of the baseline may be empty
	NotAdditional Verdict = "NOT_ADDITIONAL" // nothing may be claimed for it
	NotKnown      Verdict = "NOT_KNOWN"
)

// Answer is a verdict with its reasons, in the order in which they were looked at.
type Answer struct {
	Verdict Verdict
	Why     []string
	Until   events.Date     // the last day of grace
	Unknown *figure.Unknown // of NotKnown: what it takes
}

// Grace is how many months a post of the baseline may be empty before it counts
// against additional ones of its role (Pulse, answers to questions on the scheme).
const Grace = 3

// recent are the roles that are additional only for those who have not worked for
// the network or its practices within the twelve months before, unless they move to
// a more senior or specialist one (Humberside LMC, on 2025/26).
var recent = []contract.Key{
	"healthcare-support-worker", "new-to-general-practice-nurse", "experienced-general-practice-nurse", "consultant-nurse-primary-care",
}

var recentFrom = events.Day(2025, time.April, 1)

// AdditionalOn says whether a post is additional on a day.
func (s *Staff) AdditionalOn(p *Post, day events.Date) (a Answer) {
	t, h := p.DetailsOn(day), p.HolderOn(day)
	if h == nil {
		if last := p.Last(); last != nil && last.StartsOn.After(day) {
			h = last // who is to come
		}
	}
	because := func(format string, args ...any) { a.Why = append(a.Why, fmt.Sprintf(format, args...)) }
	if t.Purpose != fact.Additional {
		because("It is no post of the scheme for additional roles.")
		a.Verdict = NotAdditional
		return a
	}
	if h != nil && h.Scheme != nil {
		met, why := exempt(t.Role, *h.Scheme)
		because("%s", why)
		if met {
			a.Verdict = Additional
			return a
		}
	}
	if h != nil && h.Before != nil {
		if why := known(t.Role, *h); why != "" {
			because("%s", why)
			a.Verdict = NotAdditional
			return a
		}
	}
	if !slices.Contains(fact.BaselineRoles, t.Role) {
		because("%s is none of the roles that were counted on %s.", t.Role, fact.BaselineDay)
		a.Verdict = Additional
		return a
	}
	s.measure(&a, p, t.Role, day)
	return a
}

// exempt says whether somebody was there before the baseline and is additional
// all the same, by a national scheme.
func exempt(role contract.Key, s fact.Scheme) (met bool, why string) {
	name := "the national scheme for clinical pharmacists in general practice"
	roles := []contract.Key{"clinical-pharmacist"}
	if s.Name == fact.MedicinesInCareHomes {
		name, roles = "the scheme for medicines optimisation in care homes", append(roles, "pharmacy-technician")
	}
	switch {
	case !slices.Contains(roles, role):
		return false, fmt.Sprintf("No %s is exempt by %s.", role, name)
	case !s.ApprovedOn.Before(fact.BaselineDay):
		return false, fmt.Sprintf("The place on %s was approved on %s, and had to be before %s.", name, s.ApprovedOn, fact.BaselineDay)
	case !s.InPostOn.Before(fact.BaselineDay):
		return false, fmt.Sprintf("They were in post on %s from %s, and had to be before %s.", name, s.InPostOn, fact.BaselineDay)
	case !s.FinishedOn.IsZero() && s.FinishedOn.Before(fact.BaselineDay):
		return false, fmt.Sprintf("They finished %s on %s: those who did before %s are of the baseline.", name, s.FinishedOn, fact.BaselineDay)
	case !s.FinishedOn.IsZero():
		return true, fmt.Sprintf("They were on %s before %s and finished it on %s, which counts.", name, fact.BaselineDay, s.FinishedOn)
	}
	return true, fmt.Sprintf("They were on %s before %s, which counts.", name, fact.BaselineDay)
}

// known says why somebody is not additional whom the network's practices had
// before, or nothing.
func known(role contract.Key, h Holder) string {
	b := *h.Before
	if b.OnBaseline && b.Role == role && slices.Contains(fact.BaselineRoles, role) {
		return fmt.Sprintf("They were the practices' %s on %s already.", role, fact.BaselineDay)
	}
	if !slices.Contains(recent, role) || h.StartsOn.Before(recentFrom) || b.MoreSenior {
		return ""
	}
	until := cmp.Or(b.Until, h.StartsOn.AddDays(-1))
	if until.Before(months(h.StartsOn, -12)) {
		return ""
	}
	return fmt.Sprintf("They worked for the network or a practice of it until %s, within the twelve months before %s, and the post is no more senior one.", until, h.StartsOn)
}

// measure holds a post against what the network had of its role.
func (s *Staff) measure(a *Answer, p *Post, role contract.Key, day events.Date) {
	by := s.Network.Entity()
	stated := s.BaselineOf(role)
	if stated == nil {
		a.Verdict, a.Unknown = NotKnown, &figure.Unknown{
			Code: "BASELINE_NOT_STATED", OwedBy: &by,
			Reason: fmt.Sprintf("Network %s has not said how many WTE of %s its practices had on %s.", s.Network, role, fact.BaselineDay),
		}
		return
	}
	need, _ := workforce.Hundredths(stated.Is.WTE)
	need *= workforce.FullTime // hundredths of a WTE's hundredths of hours
	have, over, until := 0, 0, events.Date{}
	for _, other := range s.posts {
		t := other.DetailsOn(day)
		if t.Role != role || t.Purpose != fact.Baseline || len(other.Holders()) == 0 {
			continue
		}
		hours, _ := workforce.Hundredths(t.Hours)
		have += hours * 100
		since, empty := other.EmptyOn(day)
		if !empty {
			continue
		}
		if end := months(since, Grace).AddDays(-1); day.After(end) {
			over++
			a.Why = append(a.Why, fmt.Sprintf("Post %d of the baseline has been empty since %s, for more than %d months.", other.Number, since, Grace))
		} else if until.IsZero() || end.Before(until) {
			until = end
		}
	}
	if have < need {
		a.Verdict, a.Unknown = NotKnown, &figure.Unknown{
			Code: "BASELINE_POSTS_MISSING", OwedBy: &by,
			Reason: fmt.Sprintf("Its practices had %s WTE of %s on %s, and the posts of the baseline that are recorded are fewer. Record them, with who has been in them.", stated.Is.WTE, role, fact.BaselineDay),
		}
		return
	}
	switch {
	case s.latest(role, p, day) < over:
		a.Verdict = NotAdditional
		a.Why = append(a.Why, fmt.Sprintf("For each, one additional %s is not claimed for until it is filled: those who started last.", role))
	case !until.IsZero():
		a.Verdict, a.Until = InGrace, until
		a.Why = append(a.Why, fmt.Sprintf("A post of the baseline is empty, which it may be until %s.", until))
	default:
		a.Verdict = Additional
		a.Why = append(a.Why, fmt.Sprintf("What the practices had of %s on %s, %s WTE, is there besides.", role, fact.BaselineDay, stated.Is.WTE))
	}
}

// latest is how many additional posts of a role started after a post did, of those
// that somebody is in on a day.
func (s *Staff) latest(role contract.Key, p *Post, day events.Date) (later int) {
	begins := func(q *Post) events.Date {
		if h := q.HolderOn(day); h != nil {
			return h.StartsOn
		}
		return day.AddDays(1) // nobody is in it yet: it would be the latest
	}
	for _, q := range s.posts {
		t := q.DetailsOn(day)
		if q == p || t.Role != role || t.Purpose != fact.Additional || q.HolderOn(day) == nil {
			continue
		}
		if c := begins(q).Compare(begins(p)); c > 0 || c == 0 && q.Number > p.Number {
			later++
		}
	}
	return later
}

// months is the same day so many months later, or the last day of that month.
func months(d events.Date, n int) events.Date {
	t := d.Time()
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := events.MonthOf(events.DateOf(first)).Last()
	if that := events.DateOf(first).AddDays(t.Day() - 1); !that.After(last) {
		return that
	}
	return last
}
