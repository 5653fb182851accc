package reconcile_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/staffing"
	"github.com/ics-openbook/openbook/events/workforce"
	"github.com/ics-openbook/openbook/services/internal/figure"
	"github.com/ics-openbook/openbook/services/workforce/view/reconcile"
)

type (
	lines = []workforce.Line
	facts = []staffing.Event
)

const long = "2025-02-03" // before the month

var (
	// one is claimed for, in post 1 and returned.
	one      = lines{line(1, coordinator, "37.5", long, "")}
	onePost  = facts{planned(1, coordinator, "37.5"), filled(1, 1, long)}
	oneThere = returned("Care Coordinator 1")
)

func with(all facts, more ...staffing.Event) facts { return append(slices.Clip(all), more...) }

// Each case is one in which a difference is there, or the nearest in which it is not.
func TestDifferences(t *testing.T) {
	elsewhere := filled(1, 1, long).(staffing.PostFilled)
	elsewhere.Before = &staffing.Before{Role: pharmacist, OnBaseline: true}
	ex := line(1, coordinator, "37.5", long, "")
	for what, c := range map[string]struct {
		claims lines
		staff  facts
		want   []string
	}{
		"all agree":              {one, with(onePost, oneThere), nil},
		"nothing is there":       {nil, nil, []string{"NOT_CLAIMED", "NO_POSTS", "NOT_RETURNED"}},
		"no claim":               {nil, with(onePost, oneThere), []string{"NOT_CLAIMED"}},
		"no post":                {one, facts{oneThere}, []string{"NO_POSTS"}},
		"posts of its own alone": {one, facts{own(1, dietitian, "30"), filled(1, 2, long), oneThere}, []string{"NO_POSTS"}},
		"a post of the scheme in between": {one, facts{own(1, coordinator, "37.5"), filled(1, 1, long), changed(1, "2026-06-10", terms(coordinator, "37.5", staffing.Additional)), changed(1, "2026-06-20", terms(coordinator, "37.5", staffing.Own)), oneThere}, []string{
			"STARTED_DIFFERS Role 1 post 1 care-coordinator", "LEFT_DIFFERS Role 1 post 1 care-coordinator",
		}},
		"a post that is one by now":  {one, facts{own(1, coordinator, "37.5"), changed(1, "2026-01-01", terms(coordinator, "37.5", staffing.Additional)), oneThere}, []string{"CLAIMED_WITHOUT_POST Role 1 care-coordinator"}},
		"a post that was one before": {one, with(onePost, vacated(1, "2026-01-01", staffing.Ended), changed(1, "2026-02-01", terms(coordinator, "37.5", staffing.Own)), oneThere), []string{"CLAIMED_AFTER_LEAVING Role 1 post 1 care-coordinator"}},
		"a post planned":             {one, facts{planned(1, coordinator, "37.5"), oneThere}, []string{"CLAIMED_WITHOUT_POST Role 1 care-coordinator"}},
		"no return":                  {one, onePost, []string{"NOT_RETURNED"}},
		"another month's return":     {one, with(onePost, returnedIn("2026-05", "Care Coordinator 1")), []string{"NOT_RETURNED"}},

		"in no post": {append(lines{line(2, coordinator, "37.5", long, "")}, one...), with(onePost, returned("Care Coordinator 2")), []string{"CLAIMED_WITHOUT_POST Role 2 care-coordinator"}},
		"in another's post": {one, facts{planned(1, coordinator, "37.5"), filled(1, 2, long), oneThere}, []string{
			"CLAIMED_WITHOUT_POST Role 1 care-coordinator", "POST_NOT_CLAIMED Role 2 post 1 care-coordinator",
		}},
		"starts the day after": {one, facts{planned(1, coordinator, "37.5"), filled(1, 1, "2026-07-01"), oneThere}, []string{"CLAIMED_WITHOUT_POST Role 1 post 1 care-coordinator"}},
		"starts in two posts": {one, facts{
			planned(1, coordinator, "10"), filled(1, 1, "2026-07-03"), planned(2, coordinator, "10"), filled(2, 1, "2026-07-02"), planned(3, coordinator, "10"), filled(3, 1, "2026-07-04"), oneThere,
		}, []string{"CLAIMED_WITHOUT_POST Role 1 post 2 care-coordinator"}},
		"starts on the last day":      {lines{line(1, coordinator, "37.5", "2026-06-30", "")}, facts{planned(1, coordinator, "37.5"), filled(1, 1, "2026-06-30"), oneThere}, nil},
		"recorded in error":           {one, with(onePost, vacated(1, "2026-06-30", staffing.Mistaken), oneThere), []string{"CLAIMED_WITHOUT_POST Role 1 care-coordinator"}},
		"left the month before":       {one, with(onePost, vacated(1, "2026-05-31", staffing.Resigned), oneThere), []string{"CLAIMED_AFTER_LEAVING Role 1 post 1 care-coordinator"}},
		"left on the first":           {lines{line(1, coordinator, "37.5", long, "2026-06-01")}, with(onePost, vacated(1, "2026-06-01", staffing.Resigned), returned("Receptionist 1")), nil},
		"left a post of its own":      {one, facts{planned(1, dietitian, "30"), own(2, coordinator, "37.5"), filled(2, 1, long), vacated(2, "2026-05-31", staffing.Moved), oneThere}, []string{"CLAIMED_WITHOUT_POST Role 1 care-coordinator"}},
		"left and comes again":        {one, with(onePost, vacated(1, "2026-05-31", staffing.Resigned), filled(1, 1, "2026-07-02"), oneThere), []string{"CLAIMED_AFTER_LEAVING Role 1 post 1 care-coordinator"}},
		"left twice":                  {one, with(onePost, vacated(1, "2025-05-31", staffing.Moved), planned(2, coordinator, "37.5"), filled(2, 1, "2025-07-02"), vacated(2, "2026-05-31", staffing.Ended), oneThere), []string{"CLAIMED_AFTER_LEAVING Role 1 post 2 care-coordinator"}},
		"a leaver whom nobody claims": {one, with(onePost, planned(2, dietitian, "30"), filled(2, 2, long), vacated(2, "2026-05-31", staffing.Resigned), oneThere), nil},

		"a post that is not claimed":     {one, with(onePost, planned(2, dietitian, "30"), filled(2, 2, long), oneThere), []string{"POST_NOT_CLAIMED Role 2 post 2 dietitian"}},
		"a post of its own, not claimed": {one, with(onePost, own(2, dietitian, "30"), filled(2, 2, long), oneThere), nil},
		"one day in the month":           {one, with(onePost, planned(2, dietitian, "30"), filled(2, 2, long), vacated(2, "2026-06-01", staffing.Resigned), oneThere), []string{"POST_NOT_CLAIMED Role 2 post 2 dietitian"}},
		"comes the month after":          {one, with(onePost, planned(2, dietitian, "30"), filled(2, 2, "2026-07-01"), oneThere), nil},
		"two posts, not claimed": {one, with(onePost, planned(2, dietitian, "15"), filled(2, 2, long), planned(3, dietitian, "15"), filled(3, 2, long), oneThere), []string{
			"POST_NOT_CLAIMED Role 2 post 2 dietitian", "POST_NOT_CLAIMED Role 2 post 3 dietitian",
		}},
		"a move, not claimed": {one, with(onePost, planned(2, dietitian, "15"), filled(2, 2, long), vacated(2, "2026-06-14", staffing.Moved), planned(3, dietitian, "15"), filled(3, 2, "2026-06-15"), oneThere), []string{
			"POST_NOT_CLAIMED Role 2 post 2 dietitian", "POST_NOT_CLAIMED Role 2 post 3 dietitian",
		}},
		"a post that changed, not claimed": {one, with(onePost, planned(2, dietitian, "15"), filled(2, 2, long), changed(2, "2026-06-10", terms(dietitian, "20", staffing.Additional)), oneThere), []string{"POST_NOT_CLAIMED Role 2 post 2 dietitian"}},

		"another role":               {one, facts{planned(1, dietitian, "37.5"), filled(1, 1, long), oneThere}, []string{"ROLE_DIFFERS Role 1 post 1 care-coordinator"}},
		"another role from July":     {one, with(onePost, changed(1, "2026-07-01", terms(dietitian, "37.5", staffing.Additional)), oneThere), nil},
		"another role from the 30th": {one, with(onePost, changed(1, "2026-06-30", terms(dietitian, "37.5", staffing.Additional)), oneThere), nil},
		"another role since the 1st": {one, with(onePost, changed(1, "2026-06-01", terms(dietitian, "37.5", staffing.Additional)), oneThere), []string{"ROLE_DIFFERS Role 1 post 1 care-coordinator"}},

		"a hundredth of an hour":   {one, facts{planned(1, coordinator, "37.49"), filled(1, 1, long), oneThere}, []string{"HOURS_DIFFER Role 1 post 1 care-coordinator"}},
		"the same with zeros":      {one, facts{planned(1, coordinator, "37.50"), filled(1, 1, long), oneThere}, nil},
		"hours that changed":       {one, with(onePost, changed(1, "2026-06-10", terms(coordinator, "30", staffing.Additional)), oneThere), nil},
		"hours that changed to it": {one, facts{planned(1, coordinator, "30"), filled(1, 1, long), changed(1, "2026-06-10", terms(coordinator, "37.5", staffing.Additional)), oneThere}, nil},
		"hours of two posts":       {one, facts{planned(1, coordinator, "20"), filled(1, 1, long), planned(2, coordinator, "17.5"), filled(2, 1, long), oneThere}, nil},
		"hours of one of two":      {one, with(onePost, planned(2, coordinator, "17.5"), filled(2, 1, long), oneThere), []string{"HOURS_DIFFER Role 1 post 1 care-coordinator"}},
		"a move within the month":  {one, with(onePost, vacated(1, "2026-06-14", staffing.Moved), planned(2, coordinator, "37.5"), filled(2, 1, "2026-06-15"), oneThere), nil},
		"and back":                 {one, facts{planned(1, coordinator, "37.5"), planned(2, coordinator, "37.5"), filled(2, 1, long), vacated(2, "2026-06-14", staffing.Moved), filled(1, 1, "2026-06-15"), oneThere}, nil},
		"a second post later":      {one, with(onePost, planned(2, coordinator, "10"), filled(2, 1, "2026-06-15"), oneThere), nil},
		"a second post before":     {one, with(onePost, planned(2, coordinator, "10"), filled(2, 1, long), vacated(2, "2026-06-15", staffing.Ended), oneThere), nil},
		"a post of its own too":    {one, with(onePost, own(2, dietitian, "10"), filled(2, 1, long), oneThere), nil},

		"started later":      {one, facts{planned(1, coordinator, "37.5"), filled(1, 1, "2026-06-02"), oneThere}, []string{"STARTED_DIFFERS Role 1 post 1 care-coordinator"}},
		"started before it":  {one, facts{planned(1, coordinator, "37.5"), filled(1, 1, "2026-06-01"), oneThere}, nil},
		"left earlier":       {one, with(onePost, vacated(1, "2026-06-29", staffing.Resigned), oneThere), []string{"LEFT_DIFFERS Role 1 post 1 care-coordinator"}},
		"left on the last":   {one, with(onePost, vacated(1, "2026-06-30", staffing.Resigned), oneThere), nil},
		"a claim that ended": {lines{line(1, coordinator, "37.5", long, "2026-06-29")}, with(onePost, returned("Receptionist 1")), []string{"LEFT_DIFFERS Role 1 post 1 care-coordinator"}},
		"both end in July":   {lines{line(1, coordinator, "37.5", long, "2026-07-15")}, with(onePost, vacated(1, "2026-07-14", staffing.Ended), oneThere), nil},
		"both ended":         {lines{line(1, coordinator, "37.5", long, "2026-06-29")}, with(onePost, vacated(1, "2026-06-29", staffing.Resigned), returned("Receptionist 1")), nil},

		"in a post of its own": {one, facts{own(1, coordinator, "37.5"), filled(1, 1, long), planned(2, dietitian, "30"), oneThere}, []string{"NOT_ADDITIONAL Role 1 post 1 care-coordinator"}},
		"in one that changed":  {one, facts{own(1, coordinator, "37.5"), filled(1, 1, long), changed(1, "2026-06-10", terms(coordinator, "30", staffing.Own)), oneThere}, []string{"NO_POSTS", "NOT_ADDITIONAL Role 1 post 1 care-coordinator"}},
		"in two of its own":    {one, facts{own(1, coordinator, "20"), filled(1, 1, long), own(2, coordinator, "20"), filled(2, 1, long), vacated(2, "2026-06-03", staffing.Moved), oneThere}, []string{"NO_POSTS", "NOT_ADDITIONAL Role 1 post 1 care-coordinator", "NOT_ADDITIONAL Role 1 post 2 care-coordinator"}},
		"on the baseline":      {lines{line(1, pharmacist, "37.5", long, "")}, facts{planned(1, pharmacist, "37.5"), elsewhere, returned("Pharmacist 1")}, []string{"NOT_ADDITIONAL Role 1 post 1 clinical-pharmacist"}},
		"nobody knows whether": {lines{line(1, pharmacist, "37.5", long, "")}, facts{planned(1, pharmacist, "37.5"), filled(1, 1, long), returned("Pharmacist 1")}, nil},
		"on the baseline, rightly not claimed": {one, with(onePost, planned(2, pharmacist, "37.5"), func() staffing.Event {
			e := elsewhere
			e.Post, e.Employee = 2, role(2)
			return e
		}(), oneThere), nil},
		"not of the scheme from the 15th": {one, with(onePost, changed(1, "2026-06-15", terms(coordinator, "37.5", staffing.Own)), oneThere), []string{"LEFT_DIFFERS Role 1 post 1 care-coordinator"}},

		"returned less":              {one, with(onePost, returned("Care Coordinator 0.949")), []string{"RETURN_DIFFERS care-coordinator"}},
		"returned less, by rounding": {one, with(onePost, returned("Care Coordinator 0.95")), nil},
		"returned more":              {one, with(onePost, returned("Care Coordinator 1.050000001")), []string{"RETURN_DIFFERS care-coordinator"}},
		"returned more, by rounding": {one, with(onePost, returned("Care Coordinator 1.05")), nil},
		"returned as nothing":        {one, with(onePost, returned("Care Coordinator 0")), []string{"RETURN_DIFFERS care-coordinator"}},
		"returned by two names": {lines{line(1, "mental-health-practitioner", "37.5", long, "")}, facts{
			planned(1, "mental-health-practitioner", "37.5"), filled(1, 1, long),
			returned("Community Mental Health Nurse (Mental Health Practitioner - Adult) 0.5", "Therapist- Other (Mental Health Practitioner - Adult) 0.5"),
		}, nil},
		"a role that nobody claims":    {one, with(onePost, returned("Care Coordinator 1", "Dietician 0.01")), []string{"RETURNED_ROLE_NOT_CLAIMED dietitian"}},
		"a role without hours":         {one, with(onePost, returned("Care Coordinator 1", "Dietician 0")), nil},
		"a role that is not of it":     {one, with(onePost, returned("Care Coordinator 1", "Receptionist 4")), nil},
		"a role that is not returned":  {one, with(onePost, returned("Receptionist 4")), []string{"CLAIMED_ROLE_NOT_RETURNED care-coordinator"}},
		"a role that is not collected": {lines{line(1, "consultant-nurse-primary-care", "37.5", long, "")}, facts{planned(1, "consultant-nurse-primary-care", "37.5"), filled(1, 1, long), returned("Receptionist 1")}, nil},
		"who left is returned":         {lines{line(1, coordinator, "37.5", long, "2026-06-29")}, with(onePost, vacated(1, "2026-06-29", staffing.Resigned), oneThere), []string{"RETURN_DIFFERS care-coordinator"}},
		"in the order of people and role": {lines{line(10, dietitian, "30", long, ""), line(9, "podiatrist", "30", long, ""), line(1, coordinator, "37.5", long, "")}, with(onePost, returned("Physician Associate 1")), []string{
			"CLAIMED_WITHOUT_POST Role 9 podiatrist", "CLAIMED_WITHOUT_POST Role 10 dietitian",
			"CLAIMED_ROLE_NOT_RETURNED care-coordinator", "CLAIMED_ROLE_NOT_RETURNED dietitian", "RETURNED_ROLE_NOT_CLAIMED physician-associate", "CLAIMED_ROLE_NOT_RETURNED podiatrist",
		}},
		"all that is wrong of one": {lines{ex}, facts{planned(1, dietitian, "30"), filled(1, 1, "2026-06-02"), vacated(1, "2026-06-29", staffing.Ended), oneThere}, []string{
			"ROLE_DIFFERS Role 1 post 1 care-coordinator", "HOURS_DIFFER Role 1 post 1 care-coordinator", "STARTED_DIFFERS Role 1 post 1 care-coordinator", "LEFT_DIFFERS Role 1 post 1 care-coordinator",
		}},
	} {
		r := month(c.claims, c.staff...)
		if diff := cmp.Diff(c.want, told(r.Differences)); diff != "" {
			t.Errorf("%s: want -, got +\n%s", what, diff)
		}
		for _, d := range r.Differences {
			sound(t, what, d)
		}
	}
}

// sound holds that a difference has two figures and says what to do.
func sound(t *testing.T, what string, d reconcile.Difference) {
	t.Helper()
	if !slices.Contains(reconcile.Codes, d.Code) || !strings.HasSuffix(d.Sentence, ".") || strings.Contains(d.Sentence, "%!") || d.Sides[0].Account == d.Sides[1].Account {
		t.Errorf("%s: %+v", what, d)
	}
	for _, s := range d.Sides {
		if (s.Value == nil) == (s.Unknown == nil) || s.Unit == "" {
			t.Errorf("%s, %s: %+v", what, d.Code, s)
		}
	}
	if (d.Code == reconcile.NotAdditional) != (len(d.Why) > 0) || (d.Line > 0) != (d.Claim > 0) {
		t.Errorf("%s: %+v", what, d)
	}
}

func TestWhatADifferenceSays(t *testing.T) {
	said := func(r *reconcile.Reconciliation) (all []string) {
		for _, d := range r.Differences {
			text := d.Sentence
			for _, s := range d.Sides {
				value := "?"
				if s.Value != nil {
					value = s.Value.String()
				}
				text += fmt.Sprintf(" | %s: %s %s %s", s.Account, value, s.Unit, s.Role)
			}
			all = append(all, text)
		}
		return all
	}
	r := month(lines{line(1, coordinator, "37.5", long, ""), line(2, dietitian, "30", long, ""), line(3, "podiatrist", "30.25", long, "")},
		planned(1, "podiatrist", "20"), filled(1, 1, "2026-06-11"), planned(2, "podiatrist", "10.5"), filled(2, 1, "2026-06-11"),
		planned(3, dietitian, "30"), filled(3, 2, long), vacated(3, "2026-04-30", staffing.Retired),
		own(4, "podiatrist", "30.25"), filled(4, 3, long), planned(5, dietitian, "7.5"), filled(5, 4, long),
		returned("Podiatrist 1.806666667", "Dietician 0.2", "Paramedic 1"))
	want := []string{
		"Role 1 is claimed for as care-coordinator and is in post 1 as podiatrist: correct the claim, or change the post. | CLAIMS: 37.5 hour a week care-coordinator | POSTS: 30.5 hour a week podiatrist",
		"Role 1 is claimed for with 37.5 hours a week and has 30.5 in post 1 and post 2: correct the claim, or change the post from the day on which the hours changed. | CLAIMS: 37.5 hour a week care-coordinator | POSTS: 30.5 hour a week podiatrist",
		"Role 1 is claimed for from 2026-06-01 and is in post 1 from 2026-06-11: correct whichever is wrong, because a month is reimbursed by the day. | CLAIMS: 30 day care-coordinator | POSTS: 20 day podiatrist",
		"Role 2 is claimed for in 2026-06 and left post 3 on 2026-04-30: take them out of the claim, or correct the day on which they left. | CLAIMS: 30 day dietitian | POSTS: 0 day ",
		"Role 3 is claimed for, and on 2026-06-30 nothing may be claimed for post 4. It is no post of the scheme for additional roles. Take them out of the claim, or correct what is recorded of the post. | CLAIMS: 30.25 hour a week podiatrist | POSTS: 30.25 hour a week podiatrist",
		"Role 4 is in post 5, a dietitian of 7.5 hours a week, and no claim for 2026-06 has a line for them: claim for them, or record in the post when they left. | CLAIMS: 0 hour a week  | POSTS: 7.5 hour a week dietitian",
		"1 WTE of care-coordinator are claimed for, and the staff return of 2026-06 has nobody of that role: enter them in the national workforce collection (NWRS), because reimbursed staff have to be in both. | CLAIMS: 1 WTE care-coordinator | RETURN: 0 WTE care-coordinator",
		"0.8 WTE of dietitian are claimed for on 2026-06-30, and the staff return has 0.2: correct the claim or the national workforce collection (NWRS), because reimbursed hours have to be in both. | CLAIMS: 0.8 WTE dietitian | RETURN: 0.2 WTE dietitian",
		"The staff return of 2026-06 has 1 WTE of paramedic, and nobody is claimed for as one: claim for them, or see to it that the return names their role rightly. Who is paid for otherwise is not claimed for. | CLAIMS: 0 WTE paramedic | RETURN: 1 WTE paramedic",
		"0.81 WTE of podiatrist are claimed for on 2026-06-30, and the staff return has 1.81: correct the claim or the national workforce collection (NWRS), because reimbursed hours have to be in both. | CLAIMS: 0.81 WTE podiatrist | RETURN: 1.81 WTE podiatrist",
	}
	if diff := cmp.Diff(want, said(r)); diff != "" {
		t.Error(diff)
	}
	r = month(append(lines{line(2, coordinator, "37.5", long, "2026-06-10")}, one...))
	want = []string{
		"Network U99001 has recorded no post of the scheme for additional roles. Record its posts and who is in them, so that claims can be held against them. | POSTS: ? WTE  | CLAIMS: 2 WTE ",
		"Network U99001 has no staff return for 2026-06 in the book. Enter its staff in the national workforce collection (NWRS); once NHS England has published the month, a steward imports it. | RETURN: ? WTE  | CLAIMS: 2 WTE ",
	}
	if diff := cmp.Diff(want, said(r)); diff != "" {
		t.Error(diff)
	}
}

// What is turned down or taken back is not claimed; what waits, is approved or paid
// is, in however many claims.
func TestWhichClaimsStand(t *testing.T) {
	w := workforce.Workforce{Network: "U99001", Year: "2026/27"}
	second := workforce.ClaimSubmitted{Workforce: w, Number: 2, Month: june, Lines: lines{line(2, dietitian, "30", long, "")}}
	for what, c := range map[string]struct {
		then []workforce.Event
		want []string
	}{
		"waits":         {nil, []string{"POST_NOT_CLAIMED Role 2 post 2 dietitian"}},
		"approved":      {[]workforce.Event{workforce.ClaimApproved{Workforce: w, Claim: 1, Amounts: []events.GBP{1}, Amount: 1}}, []string{"POST_NOT_CLAIMED Role 2 post 2 dietitian"}},
		"approved, two": {[]workforce.Event{workforce.ClaimApproved{Workforce: w, Claim: 1, Amounts: []events.GBP{1}, Amount: 1}, second}, nil},
		"rejected":      {[]workforce.Event{workforce.ClaimRejected{Workforce: w, Claim: 1}}, []string{"NOT_CLAIMED"}},
		"withdrawn":     {[]workforce.Event{workforce.ClaimWithdrawn{Workforce: w, Claim: 1}}, []string{"NOT_CLAIMED"}},
		"adjusted": {[]workforce.Event{
			workforce.ClaimApproved{Workforce: w, Claim: 1, Amounts: []events.GBP{1}, Amount: 1},
			workforce.AdjustmentSubmitted{Workforce: w, Number: 2, Lines: []workforce.Added{{Claim: 1, At: 1, Month: june, Line: one[0]}}},
		}, []string{"POST_NOT_CLAIMED Role 2 post 2 dietitian"}},
		"another month's": {[]workforce.Event{workforce.ClaimApproved{Workforce: w, Claim: 1, Amounts: []events.GBP{1}, Amount: 1}, workforce.ClaimSubmitted{Workforce: w, Number: 2, Month: "2026-07", Lines: second.Lines}}, []string{"POST_NOT_CLAIMED Role 2 post 2 dietitian"}},
	} {
		r := reconcile.Of(reconcile.Sources{
			Network: "U99001", Month: june, Claims: claimed("U99001", one, c.then...),
			Staff: staff("U99001", with(onePost, planned(2, dietitian, "30"), filled(2, 2, long), returned("Care Coordinator 1", "Dietician 0.8"))...),
		})
		got := slices.DeleteFunc(told(r.Differences), func(s string) bool { return strings.HasPrefix(s, "RETURN") })
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
}

// What cannot be read is not known, which is said, and nothing of what it would be
// held against.
func TestWhatCannotBeRead(t *testing.T) {
	why := &figure.Unknown{Code: "PARKED", Reason: "Something of it cannot be read."}
	s := reconcile.Sources{Network: "U99001", Month: june, Claims: claimed("U99001", one), Staff: staff("U99001", planned(1, dietitian, "30"), filled(1, 2, long), returned("Dietician 1"))}
	unread := func(r *reconcile.Reconciliation) (n int) {
		for _, d := range r.Differences {
			if n++; d.Code != reconcile.NotRead || d.Sentence != why.Reason {
				return -1
			}
		}
		return n
	}
	s.NoClaims = why
	if r := reconcile.Of(s); unread(r) != 1 || r.Roles[0].Claimed.Unknown != why || r.Roles[0].Key != dietitian || r.Roles[0].Posts.Value.String() != "0.8" || len(r.Roles) != 1 {
		t.Errorf("%+v", r)
	}
	s.NoClaims, s.NoStaff = nil, why
	if r := reconcile.Of(s); unread(r) != 2 || r.Roles[0].Posts.Unknown != why || r.Roles[0].Returned.Unknown != why || r.Roles[0].Claimed.Value.String() != "1" || len(r.Roles) != 1 || r.OutsideWTE.Unknown != why {
		t.Errorf("%+v", r)
	}
}

func TestNamesOfTheCollection(t *testing.T) {
	for name, want := range map[string]string{
		"Pharmacist": "clinical-pharmacist", "Dietician": "dietitian", "Physiotherapist": "first-contact-physiotherapist",
		"Advanced Pharmacist Practitioner": "advanced-practitioner", "Advanced Nurse Practitioner": "advanced-clinical-practitioner-nurse",
		"Social Prescribing Link Worker": "social-prescribing-link-worker",
		"Social Prescribing Link Worker (Mental Health Practitioner - Children and Young People)": "mental-health-practitioner",
		"Apprentice - Physician Associate": "apprentice-physician-associate", "Apprentice - Pharmacist": "",
		"Mental Health and Wellbeing Practitioner": "", "Salaried By Practice": "", "Other": "", "": "", "pharmacist": "",
	} {
		if key, is := reconcile.KeyOf(name, "2026/27"); string(key) != want || is != (want != "") {
			t.Errorf("%q is %s, want %s", name, key, want)
		}
	}
	for year, want := range map[events.Year]string{"2024/25": "general-practitioner-recently-qualified", "2025/26": "general-practitioner-recently-qualified", "2026/27": "general-practitioner", "2027/28": "general-practitioner"} {
		if key, is := reconcile.KeyOf("Salaried By PCN", year); string(key) != want || !is {
			t.Errorf("a GP of %s is %s", year, key)
		}
	}
}
