package workforce_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/api/ask/workforce"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/staffing"
)

var (
	home = workforce.StaffOf{Network: "U99001"}
	june = events.Day(2025, 6, 1)
)

func at(post int) workforce.PostOf { return workforce.PostOf{StaffOf: home, Post: post} }

// noted are the codes and paths of an ask's problems, each of which is a sentence.
func noted(t *testing.T, a ask.Ask) (all []string) {
	t.Helper()
	for _, p := range a.Problems() {
		all = append(all, p.Code+" "+p.Path)
		if !strings.HasSuffix(p.Message, ".") || strings.Contains(p.Message, "%!") {
			t.Errorf("%s: %q is no sentence", p.Code, p.Message)
		}
	}
	return all
}

type form struct {
	ask  ask.Ask
	want []string
}

func check(t *testing.T, forms map[string]form) {
	t.Helper()
	for name, c := range forms {
		if d := cmp.Diff(c.want, noted(t, c.ask)); d != "" {
			t.Errorf("%s (-want, +got):\n%s", name, d)
		}
	}
}

func practices(n int) (all []events.Practice) {
	for i := range n {
		all = append(all, events.Practice(fmt.Sprintf("A%05d", 10000+i)))
	}
	return all
}

// What a post is, the same where it is planned and where it is changed.
func TestFormsOfPosts(t *testing.T) {
	good := staffing.Details{Role: "coach", Hours: hours("37.5"), Purpose: staffing.Additional, Employer: "Home Ltd", Model: staffing.Federation, PlannedFrom: june}
	forms := map[string]form{}
	for name, c := range map[string]struct {
		change func(*staffing.Details)
		want   []string
	}{
		"as it is":            {func(*staffing.Details) {}, nil},
		"nothing":             {func(d *staffing.Details) { *d = staffing.Details{} }, []string{"KEY_INVALID role", "HOURS_INVALID hoursPerWeek", "PURPOSE_INVALID purpose", "MODEL_INVALID model", "NAME_INVALID employer", "DATE_MISSING plannedFrom"}},
		"a role in words":     {func(d *staffing.Details) { d.Role = "Health coach" }, []string{"KEY_INVALID role"}},
		"hours below nothing": {func(d *staffing.Details) { d.Hours = hours("-1") }, []string{"HOURS_INVALID hoursPerWeek"}},
		"no hours":            {func(d *staffing.Details) { d.Hours = hours("0") }, []string{"HOURS_INVALID hoursPerWeek"}},
		"hardly an hour":      {func(d *staffing.Details) { d.Hours = hours("0.99") }, []string{"HOURS_INVALID hoursPerWeek"}},
		"an hour":             {func(d *staffing.Details) { d.Hours = hours("1") }, nil},
		"an hour and some":    {func(d *staffing.Details) { d.Hours = hours("1.01") }, nil},
		"forty hours":         {func(d *staffing.Details) { d.Hours = hours("40.000") }, nil},
		"a moment more":       {func(d *staffing.Details) { d.Hours = hours("40.01") }, []string{"HOURS_INVALID hoursPerWeek"}},
		"finer hours":         {func(d *staffing.Details) { d.Hours = hours("37.505") }, []string{"HOURS_INVALID hoursPerWeek"}},
		"no such purpose":     {func(d *staffing.Details) { d.Purpose = "additional" }, []string{"PURPOSE_INVALID purpose"}},
		"no such model":       {func(d *staffing.Details) { d.Model = "TRUST" }, []string{"MODEL_INVALID model"}},
		"no employer":         {func(d *staffing.Details) { d.Employer = " " }, []string{"NAME_INVALID employer"}},
		"the longest name":    {func(d *staffing.Details) { d.Employer = strings.Repeat("é", 200) }, nil},
		"a longer one":        {func(d *staffing.Details) { d.Employer = strings.Repeat("é", 201) }, []string{"NAME_INVALID employer"}},
		"the longest band":    {func(d *staffing.Details) { d.Band = strings.Repeat("8", 20) }, nil},
		"a longer band":       {func(d *staffing.Details) { d.Band = strings.Repeat("8", 21) }, []string{"TEXT_TOO_LONG band"}},
		"a band of two lines": {func(d *staffing.Details) { d.Band = "7\n8" }, []string{"TEXT_INVALID band"}},
		"at two practices":    {func(d *staffing.Details) { d.Practices = practices(2) }, nil},
		"at 100":              {func(d *staffing.Details) { d.Practices = practices(100) }, nil},
		"at 101":              {func(d *staffing.Details) { d.Practices = practices(101) }, []string{"TOO_MANY practices"}},
		"at one twice":        {func(d *staffing.Details) { d.Practices = append(practices(2), "A10000") }, []string{"PRACTICE_TWICE practices.2"}},
		"at one that is none": {func(d *staffing.Details) { d.Practices = append(practices(1), "U99001") }, []string{"CODE_INVALID practices.1"}},
		"from no day":         {func(d *staffing.Details) { d.PlannedFrom = events.Date{} }, []string{"DATE_MISSING plannedFrom"}},
		"of all it can be": {func(d *staffing.Details) {
			d.NHSContract = of(false)
		}, nil},
	} {
		d := good
		c.change(&d)
		forms["planned: "+name] = form{workforce.PlanPost{StaffOf: home, Details: d}, c.want}
		forms["changed: "+name] = form{workforce.ChangePost{PostOf: at(1), Since: june, Details: d, Reason: "So."}, c.want}
	}
	for _, p := range staffing.Purposes {
		d := good
		d.Purpose = p
		forms[string(p)] = form{workforce.PlanPost{StaffOf: home, Details: d}, nil}
	}
	for _, m := range staffing.Models {
		d := good
		d.Model = m
		forms[string(m)] = form{workforce.PlanPost{StaffOf: home, Details: d}, nil}
	}
	forms["planned for nobody"] = form{workforce.PlanPost{Details: good}, []string{"CODE_INVALID network"}}
	forms["changed without a day"] = form{workforce.ChangePost{PostOf: at(1), Details: good, Reason: "So."}, []string{"DATE_MISSING since"}}
	forms["changed without a reason"] = form{workforce.ChangePost{PostOf: at(1), Since: june, Details: good, Reason: " "}, []string{"REASON_MISSING reason"}}
	forms["changed for too long a reason"] = form{workforce.ChangePost{PostOf: at(1), Since: june, Details: good, Reason: strings.Repeat("a", 501)}, []string{"TEXT_TOO_LONG reason"}}
	check(t, forms)
}

func TestFormsOfWhatHappensToAPost(t *testing.T) {
	fill := func(change func(*workforce.FillPost)) ask.Ask {
		a := workforce.FillPost{PostOf: at(1), Employee: "Role 1", StartsOn: june, From: staffing.Hospital}
		change(&a)
		return a
	}
	scheme := func(s staffing.Scheme) ask.Ask { return fill(func(a *workforce.FillPost) { a.Scheme = &s }) }
	before := func(b staffing.Before) ask.Ask { return fill(func(a *workforce.FillPost) { a.Before = &b }) }
	called := func(who string) ask.Ask { return fill(func(a *workforce.FillPost) { a.Employee = who }) }
	may := events.Day(2017, 5, 1)
	forms := map[string]form{
		"sought":                   {workforce.AdvancePost{PostOf: at(1), To: staffing.Recruiting, On: june}, nil},
		"offered":                  {workforce.AdvancePost{PostOf: at(1_000_000), To: staffing.Offered, On: june}, nil},
		"nothing":                  {workforce.AdvancePost{}, []string{"CODE_INVALID network", "NUMBER_INVALID post", "STAGE_INVALID to", "DATE_MISSING on"}},
		"post nought":              {workforce.AdvancePost{PostOf: at(0), To: staffing.Offered, On: june}, []string{"NUMBER_INVALID post"}},
		"a post beyond all":        {workforce.AdvancePost{PostOf: at(1_000_001), To: staffing.Offered, On: june}, []string{"NUMBER_INVALID post"}},
		"filled by a step":         {workforce.AdvancePost{PostOf: at(1), To: staffing.Filled, On: june}, []string{"STAGE_INVALID to"}},
		"withdrawn by a step":      {workforce.AdvancePost{PostOf: at(1), To: staffing.Withdrawn, On: june}, []string{"STAGE_INVALID to"}},
		"filled":                   {fill(func(*workforce.FillPost) {}), nil},
		"filled by nobody":         {workforce.FillPost{PostOf: at(1)}, []string{"EMPLOYEE_INVALID employee", "DATE_MISSING startsOn", "SECTOR_INVALID from"}},
		"by a name":                {called("Ann Other"), []string{"EMPLOYEE_INVALID employee"}},
		"by a role's name":         {called("Role Ann"), []string{"EMPLOYEE_INVALID employee"}},
		"by a number alone":        {called("1"), []string{"EMPLOYEE_INVALID employee"}},
		"by role nought":           {called("Role 0"), []string{"EMPLOYEE_INVALID employee"}},
		"by role 01":               {called("Role 01"), []string{"EMPLOYEE_INVALID employee"}},
		"by role 9999":             {called("Role 9999"), nil},
		"by role 10000":            {called("Role 10000"), []string{"EMPLOYEE_INVALID employee"}},
		"by a formula":             {called("=Role 1"), []string{"EMPLOYEE_INVALID employee"}},
		"from no sector":           {fill(func(a *workforce.FillPost) { a.From = "PRISON" }), []string{"SECTOR_INVALID from"}},
		"by a scheme":              {scheme(staffing.Scheme{Name: staffing.MedicinesInCareHomes, ApprovedOn: may, InPostOn: may}), nil},
		"by one finished on a day": {scheme(staffing.Scheme{Name: staffing.PharmacistsInPractice, ApprovedOn: may, InPostOn: may, FinishedOn: may}), nil},
		"finished before it began": {scheme(staffing.Scheme{Name: staffing.PharmacistsInPractice, ApprovedOn: may, InPostOn: may, FinishedOn: may.AddDays(-1)}), []string{"ENDS_BEFORE_START scheme.finishedOn"}},
		"by no scheme":             {scheme(staffing.Scheme{}), []string{"SCHEME_INVALID scheme.name", "DATE_MISSING scheme.approvedOn", "DATE_MISSING scheme.inPostOn"}},
		"who was there before":     {before(staffing.Before{Role: "nurse"}), nil},
		"until they started":       {before(staffing.Before{Role: "nurse", Until: june}), nil},
		"until after they started": {before(staffing.Before{Role: "nurse", Until: june.AddDays(1)}), []string{"DAY_BEFORE before.until"}},
		"until nobody knows what for": {fill(func(a *workforce.FillPost) {
			a.StartsOn, a.Before = events.Date{}, &staffing.Before{Role: "nurse", Until: june}
		}), []string{"DATE_MISSING startsOn"}},
		"who was nothing before": {before(staffing.Before{}), []string{"KEY_INVALID before.role"}},
		"left":                   {workforce.VacatePost{PostOf: at(1), LastDay: june, Why: staffing.Resigned}, nil},
		"left, and no more":      {workforce.VacatePost{}, []string{"CODE_INVALID network", "NUMBER_INVALID post", "DATE_MISSING lastDay", "LEAVING_INVALID why"}},
		"left for no reason":     {workforce.VacatePost{PostOf: at(1), LastDay: june, Why: "resigned"}, []string{"LEAVING_INVALID why"}},
		"given up":               {workforce.WithdrawPost{PostOf: at(1), On: june, Reason: strings.Repeat("é", 500)}, nil},
		"given up, and no more":  {workforce.WithdrawPost{}, []string{"CODE_INVALID network", "NUMBER_INVALID post", "DATE_MISSING on", "REASON_MISSING reason"}},
		"given up at length":     {workforce.WithdrawPost{PostOf: at(1), On: june, Reason: strings.Repeat("é", 501)}, []string{"TEXT_TOO_LONG reason"}},
	}
	for _, s := range staffing.Sectors {
		forms[string(s)] = form{fill(func(a *workforce.FillPost) { a.From = s }), nil}
	}
	for _, w := range staffing.Leavings {
		forms[string(w)] = form{workforce.VacatePost{PostOf: at(1), LastDay: june, Why: w}, nil}
	}
	check(t, forms)
}

func TestFormsOfWhatIsCounted(t *testing.T) {
	baseline := func(wte string) ask.Ask {
		return workforce.StateBaseline{StaffOf: home, Role: "paramedic", WTE: hours(wte), Source: "survey"}
	}
	returns := func(all ...staffing.Returned) ask.Ask {
		return workforce.ReturnStaff{StaffOf: home, Month: "2025-06", Source: "NWRS", Staff: all}
	}
	row := func(change func(*staffing.Returned)) ask.Ask {
		r := staffing.Returned{Group: "GP", Role: "Partner", Records: 2, People: 2, WTE: hours("1.5")}
		change(&r)
		return returns(r)
	}
	rows := func(n int) (all []staffing.Returned) {
		for i := range n {
			all = append(all, staffing.Returned{Group: "GP", Role: fmt.Sprintf("Role %03d", i), Records: 1})
		}
		return all
	}
	of := func(group, role string) staffing.Returned {
		return staffing.Returned{Group: group, Role: role, Records: 1}
	}
	time := func(funded string, spent ...string) ask.Ask {
		h := append(slices.Clone(spent), slices.Repeat([]string{"0"}, 5-len(spent))...)
		return workforce.ReportDirectorTime{StaffOf: home, Month: "2025-06", Funded: hours(funded), Spent: staffing.DirectorHours{
			Leadership: hours(h[0]), Administration: hours(h[1]), Meetings: hours(h[2]), Finance: hours(h[3]), HR: hours(h[4]),
		}}
	}
	check(t, map[string]form{
		"no baseline":             {workforce.StateBaseline{}, []string{"CODE_INVALID network", "KEY_INVALID role", "SOURCE_MISSING source"}},
		"below nothing":           {baseline("-0.01"), []string{"WTE_INVALID wte"}},
		"none":                    {baseline("0"), nil},
		"a hundredth":             {baseline("0.01"), nil},
		"a thousandth":            {baseline("1.001"), []string{"WTE_INVALID wte"}},
		"two decimals and zeros":  {baseline("1.25000"), nil},
		"the most":                {baseline("1000"), nil},
		"more than it":            {baseline("1000.01"), []string{"WTE_INVALID wte"}},
		"from a long source":      {workforce.StateBaseline{StaffOf: home, Role: "paramedic", Source: strings.Repeat("a", 501)}, []string{"TEXT_TOO_LONG source"}},
		"from the longest source": {workforce.StateBaseline{StaffOf: home, Role: "paramedic", Source: strings.Repeat("a", 500)}, nil},
		"from a blank":            {workforce.StateBaseline{StaffOf: home, Role: "paramedic", Source: " "}, []string{"SOURCE_MISSING source"}},

		"no return":                  {workforce.ReturnStaff{}, []string{"CODE_INVALID network", "MONTH_INVALID month", "SOURCE_MISSING source", "LINES_MISSING staff"}},
		"a month that is a day":      {workforce.ReturnStaff{StaffOf: home, Month: "2025-06-01", Source: "NWRS", Staff: rows(1)}, []string{"MONTH_INVALID month"}},
		"200 roles":                  {returns(rows(200)...), nil},
		"201 roles":                  {returns(rows(201)...), []string{"TOO_MANY staff"}},
		"an empty row":               {returns(staffing.Returned{}), []string{"NAME_INVALID staff.0.group", "NAME_INVALID staff.0.role", "NUMBER_INVALID staff.0.records"}},
		"a role of a longer name":    {row(func(r *staffing.Returned) { r.Role = strings.Repeat("a", 201) }), []string{"NAME_INVALID staff.0.role"}},
		"a group of a longer name":   {row(func(r *staffing.Returned) { r.Group = strings.Repeat("a", 201) }), []string{"NAME_INVALID staff.0.group"}},
		"as many people as records":  {row(func(*staffing.Returned) {}), nil},
		"fewer people":               {row(func(r *staffing.Returned) { r.People = 0 }), nil},
		"more people":                {row(func(r *staffing.Returned) { r.People = 3 }), []string{"NUMBER_INVALID staff.0.records"}},
		"fewer than nobody":          {row(func(r *staffing.Returned) { r.People = -1 }), []string{"NUMBER_INVALID staff.0.records"}},
		"no record":                  {row(func(r *staffing.Returned) { r.Records, r.People = 0, 0 }), []string{"NUMBER_INVALID staff.0.records"}},
		"the most records":           {row(func(r *staffing.Returned) { r.Records = 100_000 }), nil},
		"more records":               {row(func(r *staffing.Returned) { r.Records = 100_001 }), []string{"NUMBER_INVALID staff.0.records"}},
		"fewer hours than none":      {row(func(r *staffing.Returned) { r.WTE = hours("-0.000000001") }), []string{"WTE_INVALID staff.0.wte"}},
		"no hours":                   {row(func(r *staffing.Returned) { r.WTE = hours("0") }), nil},
		"nine decimals":              {row(func(r *staffing.Returned) { r.WTE = hours("2.453333333") }), nil},
		"ten of them":                {row(func(r *staffing.Returned) { r.WTE = hours("2.4533333333") }), []string{"WTE_INVALID staff.0.wte"}},
		"ten of them, a zero last":   {row(func(r *staffing.Returned) { r.WTE = hours("2.4533333330") }), nil},
		"the most WTE":               {row(func(r *staffing.Returned) { r.WTE = hours("100000") }), nil},
		"more WTE":                   {row(func(r *staffing.Returned) { r.WTE = hours("100000.000000001") }), []string{"WTE_INVALID staff.0.wte"}},
		"in order":                   {returns(of("A", "B"), of("A", "C"), of("B", "A")), nil},
		"a role twice":               {returns(of("A", "B"), of("A", "B")), []string{"ORDER_INVALID staff.1.role"}},
		"roles out of order":         {returns(of("A", "C"), of("A", "B")), []string{"ORDER_INVALID staff.1.role"}},
		"groups out of order":        {returns(of("B", "A"), of("A", "B")), []string{"ORDER_INVALID staff.1.role"}},
		"a role of two groups":       {returns(of("A", "B"), of("B", "B")), nil},
		"the third is out of order":  {returns(of("A", "B"), of("A", "C"), of("A", "B")), []string{"ORDER_INVALID staff.2.role"}},
		"what is wrong of each line": {returns(of("A", " "), of("", "B")), []string{"NAME_INVALID staff.0.role", "NAME_INVALID staff.1.group", "ORDER_INVALID staff.1.role"}},

		"no time":                {workforce.ReportDirectorTime{}, []string{"CODE_INVALID network", "MONTH_INVALID month"}},
		"time":                   {time("16", "6", "5.5", "9.25", "2", "1"), nil},
		"a month of it":          {time("744", "744"), nil},
		"funded beyond a month":  {time("744.01"), []string{"HOURS_INVALID funded"}},
		"funded below nothing":   {time("-0.01"), []string{"HOURS_INVALID funded"}},
		"funded too finely":      {time("1.005"), []string{"HOURS_INVALID funded"}},
		"a kind beyond a month":  {time("0", "0", "744.01"), []string{"HOURS_INVALID spent.administration"}},
		"all kinds wrong":        {time("0", "-1", "-1", "-1", "-1", "0.001"), []string{"HOURS_INVALID spent.leadership", "HOURS_INVALID spent.administration", "HOURS_INVALID spent.meetings", "HOURS_INVALID spent.finance", "HOURS_INVALID spent.hr"}},
		"together a month":       {time("0", "144", "150", "150", "150", "150"), nil},
		"together beyond one":    {time("0", "144", "150", "150", "150", "150.01"), []string{"HOURS_INVALID spent"}},
		"one wrong, some beyond": {time("0", "744.01", "700", "44"), []string{"HOURS_INVALID spent.leadership"}},
	})
}

func TestWhereStaffIsDecided(t *testing.T) {
	for subject, a := range map[string]ask.Ask{
		"state_baseline": workforce.StateBaseline{StaffOf: home}, "plan_post": workforce.PlanPost{StaffOf: home}, "change_post": workforce.ChangePost{PostOf: at(1)},
		"advance_post": workforce.AdvancePost{PostOf: at(1)}, "fill_post": workforce.FillPost{PostOf: at(1)}, "vacate_post": workforce.VacatePost{PostOf: at(1)},
		"withdraw_post": workforce.WithdrawPost{PostOf: at(1)}, "return_staff": workforce.ReturnStaff{StaffOf: home}, "report_director_time": workforce.ReportDirectorTime{StaffOf: home},
	} {
		if a.Subject() != "ask.workforce."+subject || a.Stream() != "staffing-U99001" || a.Concerns() != "network-U99001" || len(ask.May(a.Subject())) == 0 {
			t.Errorf("%s is decided on %s and concerns %s", a.Subject(), a.Stream(), a.Concerns())
		}
	}
	if home.Staffs() != "U99001" || (workforce.ReturnStaff{}).Rehearses() || !(workforce.ReturnStaff{DryRun: true}).Rehearses() {
		t.Error("it is another's, or rehearses what it should not")
	}
}
