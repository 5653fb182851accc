package staffing_test

import (
	"strings"
	"testing"
	"time"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
	fact "github.com/ics-openbook/openbook/events/staffing"
	"github.com/ics-openbook/openbook/services/workforce/view/staffing"
)

// in is a post with who is in it from a day on.
func in(post int, role contract.Key, p fact.Purpose, starts events.Date, how ...func(*fact.PostFilled)) []fact.Event {
	return []fact.Event{planned(post, role, p, "37.5"), filled(post, starts, how...)}
}

func all(some ...any) (story []fact.Event) {
	for _, one := range some {
		switch one := one.(type) {
		case fact.Event:
			story = append(story, one)
		case []fact.Event:
			story = append(story, one...)
		}
	}
	return story
}

func TestAgainstTheBaseline(t *testing.T) {
	old, june := events.Day(2018, 1, 1), day(time.June, 30) // the last day of whoever leaves
	alone := in(1, "paramedic", fact.Additional, day(time.April, 1))
	whole := all(stated("paramedic", "1"), in(1, "paramedic", fact.Baseline, old))
	grace, over := day(time.September, 30), day(time.October, 1)
	empty := all(whole, left(1, june, fact.Retired))
	three := all(in(2, "paramedic", fact.Additional, day(time.April, 1)), in(3, "paramedic", fact.Additional, day(time.May, 1)), in(4, "paramedic", fact.Additional, day(time.May, 1)))
	both := func(lasts ...events.Date) []fact.Event {
		story := all(stated("paramedic", "2"), in(1, "paramedic", fact.Baseline, old), in(2, "paramedic", fact.Baseline, old), left(1, lasts[0], fact.Retired))
		if len(lasts) > 1 {
			story = append(story, left(2, lasts[1], fact.Retired))
		}
		return all(story, in(3, "paramedic", fact.Additional, day(time.April, 1)), in(4, "paramedic", fact.Additional, day(time.May, 1)), in(5, "paramedic", fact.Additional, day(time.June, 1)))
	}
	half := all(stated("paramedic", "0.5"), planned(1, "paramedic", fact.Baseline, "18.75"), filled(1, old))
	const (
		besides   = "What the practices had of paramedic on 2019-03-31, 1 WTE, is there besides."
		mayBe     = "A post of the baseline is empty, which it may be until 2025-09-30."
		has       = "Post 1 of the baseline has been empty since 2025-07-01, for more than 3 months."
		each      = "For each, one additional paramedic is not claimed for until it is filled: those who started last."
		notAmong  = "This one is not among them."
		notStated = "Network U99001 has not said how many WTE of paramedic its practices had on 2019-03-31."
		fewer     = "Its practices had 1 WTE of paramedic on 2019-03-31, and the posts of the baseline that are recorded are fewer. Record them, with who has been in them."
	)
	for _, c := range []struct {
		name  string
		story []fact.Event
		post  int
		on    events.Date
		want  string // the verdict, until when, and why
	}{
		{"a post of the network's own", in(1, "paramedic", fact.Own, june), 1, june, "NOT_ADDITIONAL: It is no post of the scheme for additional roles."},
		{"one of the baseline", whole, 1, june, "NOT_ADDITIONAL: It is no post of the scheme for additional roles."},
		{"one that becomes additional, the day before", all(whole, in(2, "paramedic", fact.Own, old), changed(2, june, details("paramedic", fact.Additional, "37.5"))), 2, june.AddDays(-1), "NOT_ADDITIONAL: It is no post of the scheme for additional roles."},
		{"one that becomes additional, on the day", all(whole, in(2, "paramedic", fact.Own, old), changed(2, june, details("paramedic", fact.Additional, "37.5"))), 2, june, "ADDITIONAL: " + besides},
		{"one that was withdrawn, the day before", all(whole, planned(2, "paramedic", fact.Additional, "37.5"), withdrawn(2, june)), 2, june.AddDays(-1), "ADDITIONAL: " + besides},
		{"one that was withdrawn", all(whole, planned(2, "paramedic", fact.Additional, "37.5"), withdrawn(2, june)), 2, june, "NOT_ADDITIONAL: It was withdrawn on 2025-06-30."},
		{"a role that was not counted", in(1, "coach", fact.Additional, june), 1, june, "ADDITIONAL: coach is none of the roles that were counted on 2019-03-31."},
		{"a baseline nobody has stated", alone, 1, june, "NOT_KNOWN BASELINE_NOT_STATED: " + notStated},
		{"a baseline stated of another role", all(stated("physician-associate", "1"), alone), 1, june, "NOT_KNOWN BASELINE_NOT_STATED: " + notStated},
		{"a baseline of none", all(stated("paramedic", "0"), alone), 1, june, "ADDITIONAL: What the practices had of paramedic on 2019-03-31, 0 WTE, is there besides."},
		{"fewer posts of it", all(stated("paramedic", "1"), alone), 1, june, "NOT_KNOWN BASELINE_POSTS_MISSING: " + fewer},
		{"fewer hours of it", all(stated("paramedic", "1"), planned(1, "paramedic", fact.Baseline, "37.49"), filled(1, old), three), 2, june, "NOT_KNOWN BASELINE_POSTS_MISSING: " + fewer},
		{"a post of it in which nobody ever was", all(stated("paramedic", "1"), planned(1, "paramedic", fact.Baseline, "37.5"), three), 2, june, "NOT_KNOWN BASELINE_POSTS_MISSING: " + fewer},
		{"a post of it in which somebody was in error", all(whole, left(1, june, fact.Mistaken), three), 2, june, "NOT_KNOWN BASELINE_POSTS_MISSING: " + fewer},
		{"the day before anybody was in it", all(stated("paramedic", "1"), in(1, "paramedic", fact.Baseline, june), three), 2, june.AddDays(-1), "NOT_KNOWN BASELINE_POSTS_MISSING: " + fewer},
		{"the day on which somebody is", all(stated("paramedic", "1"), in(1, "paramedic", fact.Baseline, june), three), 2, june, "ADDITIONAL: " + besides},
		{"posts of it of another role", all(stated("paramedic", "1"), in(1, "physician-associate", fact.Baseline, old), three), 2, june, "NOT_KNOWN BASELINE_POSTS_MISSING: " + fewer},
		{"all of it filled", all(whole, three), 2, over, "ADDITIONAL: " + besides},
		{"all of it filled, by two halves and something", all(stated("paramedic", "1.05"), in(1, "paramedic", fact.Baseline, old), planned(2, "paramedic", fact.Baseline, "1.88"), filled(2, old), in(3, "paramedic", fact.Additional, old)), 3, june, "ADDITIONAL: What the practices had of paramedic on 2019-03-31, 1.05 WTE, is there besides."},
		{"on the last day of whoever leaves it", all(empty, three), 4, june, "ADDITIONAL: " + besides},
		{"on the first day that it is empty", all(empty, three), 4, june.AddDays(1), "IN_GRACE until 2025-09-30: " + mayBe},
		{"on the last day of grace", all(empty, three), 4, grace, "IN_GRACE until 2025-09-30: " + mayBe},
		{"on the day after, who started last", all(empty, three), 4, over, "NOT_ADDITIONAL: " + has + " " + each},
		{"who started the same day in an earlier post", all(empty, three), 3, over, "ADDITIONAL: " + has + " " + each + " " + notAmong},
		{"who started first", all(empty, three), 2, over, "ADDITIONAL: " + has + " " + each + " " + notAmong},
		{"the only one", all(empty, three[:2]), 2, over, "NOT_ADDITIONAL: " + has + " " + each},
		{"one that nobody is in yet", all(empty, three, planned(5, "paramedic", fact.Additional, "37.5")), 5, over, "NOT_ADDITIONAL: " + has + " " + each},
		{"one that nobody is in yet, beside one that begins that day", all(empty, planned(2, "paramedic", fact.Additional, "37.5"), in(3, "paramedic", fact.Additional, over)), 2, over, "NOT_ADDITIONAL: " + has + " " + each},
		{"who started last, beside one that nobody is in", all(empty, three, planned(5, "paramedic", fact.Additional, "37.5")), 4, over, "NOT_ADDITIONAL: " + has + " " + each},
		{"who started last, beside one of another role", all(empty, three, in(5, "physician-associate", fact.Additional, june)), 4, over, "NOT_ADDITIONAL: " + has + " " + each},
		{"who started last, beside one of the network's own", all(empty, three, in(5, "paramedic", fact.Own, june)), 4, over, "NOT_ADDITIONAL: " + has + " " + each},
		{"who started before one that is to come", all(empty, three, in(5, "paramedic", fact.Additional, over.AddDays(1))), 4, over, "NOT_ADDITIONAL: " + has + " " + each},
		{"who started before one that has come", all(empty, three, in(5, "paramedic", fact.Additional, over.AddDays(1))), 4, over.AddDays(1), "ADDITIONAL: " + has + " " + each + " " + notAmong},
		{"filled again in grace", all(empty, three, filled(1, grace)), 4, grace, "ADDITIONAL: " + besides},
		{"filled again later", all(empty, three, filled(1, over.AddDays(9))), 4, over.AddDays(9), "ADDITIONAL: " + besides},
		{"the day before it is filled again", all(empty, three, filled(1, over.AddDays(9))), 4, over.AddDays(8), "NOT_ADDITIONAL: " + has + " " + each},
		{"empty again: grace begins anew", all(empty, three, filled(1, over), left(1, over, fact.Resigned)), 4, over.AddDays(1), "IN_GRACE until 2026-01-01: A post of the baseline is empty, which it may be until 2026-01-01."},
		{"withdrawn, it stays empty", all(empty, withdrawn(1, grace), three), 4, over, "NOT_ADDITIONAL: " + has + " " + each},
		{"withdrawn, another is filled in its place", all(empty, withdrawn(1, grace), three, in(5, "paramedic", fact.Baseline, over)), 4, over, "ADDITIONAL: " + besides},
		{"more of it is filled than there was", all(half, three, in(5, "paramedic", fact.Baseline, old), left(1, june, fact.Retired)), 4, over, "ADDITIONAL: What the practices had of paramedic on 2019-03-31, 0.5 WTE, is there besides."},
		{"its post is the network's own from a day on", all(empty, three, changed(1, over, details("paramedic", fact.Own, "37.5"))), 4, over, "NOT_KNOWN BASELINE_POSTS_MISSING: " + fewer},

		{"of two, one empty: the last", both(june), 5, over, "NOT_ADDITIONAL: " + has + " " + each},
		{"of two, one empty: the one before", both(june), 4, over, "ADDITIONAL: " + has + " " + each + " " + notAmong},
		{"of two, both empty: the one before", both(june, june), 4, over, "NOT_ADDITIONAL: " + has + " Post 2 of the baseline has been empty since 2025-07-01, for more than 3 months. " + each},
		{"of two, both empty: the first", both(june, june), 3, over, "ADDITIONAL: " + has + " Post 2 of the baseline has been empty since 2025-07-01, for more than 3 months. " + each + " " + notAmong},
		{"of two, one empty for less: the last", both(june, june.AddDays(1)), 5, over, "NOT_ADDITIONAL: " + has + " " + each},
		{"of two, one empty for less: the one before", both(june, june.AddDays(1)), 4, over, "IN_GRACE until 2025-10-01: " + has + " " + each + " A post of the baseline is empty, which it may be until 2025-10-01."},
		{"of two in grace, the earlier end", both(june, june.AddDays(9)), 4, grace, "IN_GRACE until 2025-09-30: " + mayBe},
		{"of two in grace, the other way round", both(june.AddDays(9), june), 4, grace, "IN_GRACE until 2025-09-30: " + mayBe},
		{"of two, the longest empty is replaced", all(both(june, grace), in(6, "paramedic", fact.Baseline, over)), 5, over, "IN_GRACE until 2025-12-31: A post of the baseline is empty, which it may be until 2025-12-31."},
	} {
		s := staff(t, c.story...)
		if got := answers(t, s, c.post, c.on); got != c.want {
			t.Errorf("%s:\n%s, want\n%s", c.name, got, c.want)
		}
	}
}

// answers is what is said of a post. No answer goes without a reason.
func answers(t *testing.T, s *staffing.Staff, post int, on events.Date) string {
	t.Helper()
	a := s.AdditionalOn(s.Post(post), on)
	words := string(a.Verdict)
	if !a.Until.IsZero() {
		words += " until " + a.Until.String()
	}
	if (a.Unknown != nil) != (a.Verdict == staffing.NotKnown) || len(a.Why) == 0 || !a.Until.IsZero() != (a.Verdict == staffing.InGrace) {
		t.Errorf("post %d on %s: %+v", post, on, a)
	}
	if a.Unknown != nil {
		words += " " + a.Unknown.Code
		if *a.Unknown.OwedBy != "network-U99001" || a.Unknown.Reason != a.Why[len(a.Why)-1] {
			t.Errorf("post %d on %s: %+v", post, on, a.Unknown)
		}
	}
	return words + ": " + strings.Join(a.Why, " ")
}

// Three months are over on the day before the same day, or with the month where it
// has no such day.
func TestGraceEnds(t *testing.T) {
	for last, until := range map[events.Date]events.Date{
		day(time.March, 31): day(time.June, 30), day(time.April, 1): day(time.July, 1), day(time.April, 29): day(time.July, 29), day(time.April, 30): day(time.July, 31),
		day(time.May, 31): day(time.August, 31), day(time.August, 30): day(time.November, 30), day(time.August, 31): day(time.November, 30),
		day(time.November, 27): events.Day(2026, 2, 27), day(time.November, 28): events.Day(2026, 2, 28), day(time.November, 29): events.Day(2026, 2, 28), day(time.November, 30): events.Day(2026, 2, 28),
		events.Day(2023, 11, 29): events.Day(2024, 2, 29), events.Day(2023, 11, 30): events.Day(2024, 2, 29), day(time.December, 1): events.Day(2026, 3, 1),
	} {
		s := staff(t, all(stated("paramedic", "1"), in(1, "paramedic", fact.Baseline, events.Day(2018, 1, 1)), left(1, last, fact.Retired), planned(2, "paramedic", fact.Additional, "37.5"))...)
		for _, on := range []events.Date{last.AddDays(1), until} {
			if a := s.AdditionalOn(s.Post(2), on); a.Verdict != staffing.InGrace || a.Until != until {
				t.Errorf("left on %s: on %s %s until %s, want until %s", last, on, a.Verdict, a.Until, until)
			}
		}
		for on, want := range map[events.Date]staffing.Verdict{last: staffing.Additional, until.AddDays(1): staffing.NotAdditional} {
			if a := s.AdditionalOn(s.Post(2), on); a.Verdict != want {
				t.Errorf("left on %s: on %s %s, want %s", last, on, a.Verdict, want)
			}
		}
	}
}

// Who was there before by a national scheme, held against an empty post.
func TestSchemes(t *testing.T) {
	before, baseline := events.Day(2019, 3, 30), fact.BaselineDay
	const (
		pharmacists = "the national scheme for clinical pharmacists in general practice"
		homes       = "the scheme for medicines optimisation in care homes"
	)
	for name, c := range map[string]struct {
		role   contract.Key
		scheme fact.Scheme
		want   string // nothing where they are exempt
		why    string
	}{
		"approved and in post the day before":      {"clinical-pharmacist", fact.Scheme{Name: fact.PharmacistsInPractice, ApprovedOn: before, InPostOn: before}, "", "They were on " + pharmacists + " before 2019-03-31, which counts."},
		"approved on the day":                      {"clinical-pharmacist", fact.Scheme{Name: fact.PharmacistsInPractice, ApprovedOn: baseline, InPostOn: before}, "not", "The place on " + pharmacists + " was approved on 2019-03-31, and had to be before 2019-03-31."},
		"in post on the day":                       {"clinical-pharmacist", fact.Scheme{Name: fact.PharmacistsInPractice, ApprovedOn: before, InPostOn: baseline}, "not", "They were in post on " + pharmacists + " from 2019-03-31, and had to be before 2019-03-31."},
		"who had finished it the day before":       {"clinical-pharmacist", fact.Scheme{Name: fact.PharmacistsInPractice, ApprovedOn: before, InPostOn: before, FinishedOn: before}, "not", "They finished " + pharmacists + " on 2019-03-30, and those who did before 2019-03-31 are not exempt by it."},
		"who finished it on the day":               {"clinical-pharmacist", fact.Scheme{Name: fact.PharmacistsInPractice, ApprovedOn: before, InPostOn: before, FinishedOn: baseline}, "", "They were on " + pharmacists + " before 2019-03-31 and finished it on 2019-03-31, which counts."},
		"who finished it in July 2019":             {"clinical-pharmacist", fact.Scheme{Name: fact.PharmacistsInPractice, ApprovedOn: before, InPostOn: before, FinishedOn: events.Day(2019, 7, 31)}, "", "They were on " + pharmacists + " before 2019-03-31 and finished it on 2019-07-31, which counts."},
		"who finished it later":                    {"clinical-pharmacist", fact.Scheme{Name: fact.PharmacistsInPractice, ApprovedOn: before, InPostOn: before, FinishedOn: events.Day(2019, 8, 1)}, "", "They were on " + pharmacists + " before 2019-03-31 and finished it on 2019-08-01, which counts."},
		"a technician":                             {"pharmacy-technician", fact.Scheme{Name: fact.PharmacistsInPractice, ApprovedOn: before, InPostOn: before}, "not", "No pharmacy-technician is exempt by " + pharmacists + "."},
		"a pharmacist of care homes":               {"clinical-pharmacist", fact.Scheme{Name: fact.MedicinesInCareHomes, ApprovedOn: before, InPostOn: before}, "", "They were on " + homes + " before 2019-03-31, which counts."},
		"a technician of care homes":               {"pharmacy-technician", fact.Scheme{Name: fact.MedicinesInCareHomes, ApprovedOn: before, InPostOn: before}, "", "They were on " + homes + " before 2019-03-31, which counts."},
		"a technician of care homes, too late":     {"pharmacy-technician", fact.Scheme{Name: fact.MedicinesInCareHomes, ApprovedOn: before, InPostOn: baseline}, "not", "They were in post on " + homes + " from 2019-03-31, and had to be before 2019-03-31."},
		"a paramedic of care homes":                {"paramedic", fact.Scheme{Name: fact.MedicinesInCareHomes, ApprovedOn: before, InPostOn: before}, "not", "No paramedic is exempt by " + homes + "."},
		"approved the day before, in post earlier": {"clinical-pharmacist", fact.Scheme{Name: fact.PharmacistsInPractice, ApprovedOn: before, InPostOn: events.Day(2015, 1, 1)}, "", "They were on " + pharmacists + " before 2019-03-31, which counts."},
	} {
		by := func(e *fact.PostFilled) { e.Scheme = &c.scheme }
		empty := all(stated(c.role, "1"), in(1, c.role, fact.Baseline, events.Day(2018, 1, 1)), left(1, events.Day(2024, 1, 1), fact.Retired))
		got := answers(t, staff(t, all(empty, in(2, c.role, fact.Additional, events.Day(2019, 7, 1), by))...), 2, day(time.June, 1))
		want := "ADDITIONAL: " + c.why
		if c.want != "" {
			want = "NOT_ADDITIONAL: " + c.why + " Post 1 of the baseline has been empty since 2024-01-02, for more than 3 months. For each, one additional " + string(c.role) + " is not claimed for until it is filled: those who started last."
		}
		if got != want {
			t.Errorf("%s:\n%s, want\n%s", name, got, want)
		}
		// Who is exempt is not the one that an empty post costs: another is.
		second := in(3, c.role, fact.Additional, events.Day(2019, 6, 1))
		if a := answers(t, staff(t, all(empty, in(2, c.role, fact.Additional, events.Day(2019, 7, 1), by), second)...), 3, day(time.June, 1)); strings.HasPrefix(a, "NOT_ADDITIONAL") != (c.want == "") {
			t.Errorf("%s, and another: %s", name, a)
		}
	}
}

// What somebody did for the network or its practices before.
func TestWhatTheyDidBefore(t *testing.T) {
	june := day(time.June, 1)
	const (
		uncounted = "consultant-nurse-primary-care is none of the roles that were counted on 2019-03-31."
		within    = ", within the twelve months before 2025-06-01, and the post is no more senior or specialist one."
		worked    = "They worked for the network or a practice of it until "
	)
	for name, c := range map[string]struct {
		role   contract.Key
		starts events.Date
		before fact.Before
		want   string
	}{
		"the same, on the day":                  {"paramedic", june, fact.Before{Role: "paramedic", OnBaseline: true}, "NOT_ADDITIONAL: They were the practices' paramedic on 2019-03-31 already."},
		"the same, on the day, and more senior": {"paramedic", june, fact.Before{Role: "paramedic", OnBaseline: true, MoreSenior: true}, "NOT_ADDITIONAL: They were the practices' paramedic on 2019-03-31 already."},
		"the same, since":                       {"paramedic", june, fact.Before{Role: "paramedic"}, "ADDITIONAL: What the practices had of paramedic on 2019-03-31, 0 WTE, is there besides."},
		"something else, on the day":            {"paramedic", june, fact.Before{Role: "physician-associate", OnBaseline: true}, "ADDITIONAL: What the practices had of paramedic on 2019-03-31, 0 WTE, is there besides."},
		"a role that was not counted":           {"coach", june, fact.Before{Role: "coach", OnBaseline: true}, "ADDITIONAL: coach is none of the roles that were counted on 2019-03-31."},
		"until twelve months and a day before":  {"consultant-nurse-primary-care", june, fact.Before{Role: "nurse", Until: events.Day(2024, 5, 30)}, "ADDITIONAL: " + worked + "2024-05-30, and no more within the twelve months before 2025-06-01. " + uncounted},
		"until twelve months before began":      {"consultant-nurse-primary-care", june, fact.Before{Role: "nurse", Until: events.Day(2024, 5, 31)}, "ADDITIONAL: " + worked + "2024-05-31, and no more within the twelve months before 2025-06-01. " + uncounted},
		"until the first day of the twelve":     {"consultant-nurse-primary-care", june, fact.Before{Role: "nurse", Until: events.Day(2024, 6, 1)}, "NOT_ADDITIONAL: " + worked + "2024-06-01" + within},
		"until the day before":                  {"consultant-nurse-primary-care", june, fact.Before{Role: "nurse", Until: day(time.May, 31)}, "NOT_ADDITIONAL: " + worked + "2025-05-31" + within},
		"until they started":                    {"consultant-nurse-primary-care", june, fact.Before{Role: "nurse"}, "NOT_ADDITIONAL: " + worked + "2025-05-31" + within},
		"something quite different":             {"consultant-nurse-primary-care", june, fact.Before{Role: "receptionist", OnBaseline: true}, "NOT_ADDITIONAL: " + worked + "2025-05-31" + within},
		"to a more senior post":                 {"consultant-nurse-primary-care", june, fact.Before{Role: "nurse", MoreSenior: true}, "ADDITIONAL: " + worked + "2025-05-31, and the post is a more senior or specialist one. " + uncounted},
		"before April 2025":                     {"consultant-nurse-primary-care", day(time.March, 31), fact.Before{Role: "nurse"}, "ADDITIONAL: " + uncounted},
		"from April 2025 on":                    {"consultant-nurse-primary-care", day(time.April, 1), fact.Before{Role: "nurse"}, "NOT_ADDITIONAL: " + worked + "2025-03-31, within the twelve months before 2025-04-01, and the post is no more senior or specialist one."},
		"of a support worker":                   {"healthcare-support-worker", june, fact.Before{Role: "nurse"}, "NOT_ADDITIONAL: " + worked + "2025-05-31" + within},
		"of a nurse new to general practice":    {"new-to-general-practice-nurse", june, fact.Before{Role: "nurse"}, "NOT_ADDITIONAL: " + worked + "2025-05-31" + within},
		"of an experienced nurse":               {"experienced-general-practice-nurse", june, fact.Before{Role: "nurse"}, "NOT_ADDITIONAL: " + worked + "2025-05-31" + within},
		"of another nurse":                      {"enhanced-practice-nurse", june, fact.Before{Role: "nurse"}, "ADDITIONAL: enhanced-practice-nurse is none of the roles that were counted on 2019-03-31."},
		"from a leap day on":                    {"consultant-nurse-primary-care", events.Day(2028, 2, 29), fact.Before{Role: "nurse", Until: events.Day(2027, 2, 28)}, "ADDITIONAL: " + worked + "2027-02-28, and no more within the twelve months before 2028-02-29. " + uncounted},
	} {
		by := func(e *fact.PostFilled) { e.Before = &c.before }
		s := staff(t, all(stated("paramedic", "0"), in(1, c.role, fact.Additional, c.starts, by))...)
		for _, on := range []events.Date{c.starts.AddDays(-9), c.starts, c.starts.AddDays(400)} { // who is to come is answered for too
			if got := answers(t, s, 1, on); got != c.want {
				t.Errorf("%s, on %s:\n%s, want\n%s", name, on, got, c.want)
			}
		}
	}
	// Of several in one post each is judged by themselves.
	barred := func(e *fact.PostFilled) { e.Before = &fact.Before{Role: "nurse"} }
	s := staff(t, all(in(1, "healthcare-support-worker", fact.Additional, june, barred), left(1, day(time.June, 30), fact.Resigned), filled(1, day(time.August, 1)), left(1, day(time.August, 31), fact.Resigned), filled(1, day(time.October, 1), barred))...)
	for on, want := range map[events.Date]staffing.Verdict{
		june.AddDays(-1): staffing.NotAdditional, day(time.June, 30): staffing.NotAdditional, day(time.July, 1): staffing.Additional, day(time.August, 31): staffing.Additional, day(time.September, 1): staffing.NotAdditional,
	} {
		if a := s.AdditionalOn(s.Post(1), on); a.Verdict != want {
			t.Errorf("on %s it is %s, want %s", on, a.Verdict, want)
		}
	}
}
