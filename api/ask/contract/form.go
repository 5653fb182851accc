package contract

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/contract"
)

// Limits of what a contract may hold. They are far beyond any that there was.
const (
	mostTerms  = 400 // in one request: each is a fact, and facts of one ask are appended together
	mostName   = 200 // characters
	mostText   = 1_000
	mostPosts  = 1_000
	mostPeople = 10_000_000
	decimals   = 6
)

// oldest is the year the Network Contract began in.
const oldest = events.Year("2019/20")

var highest = decimal.MustNew(1_000_000, 0) // pounds for one of anything

// form is a request's form, and where in it one is.
type form struct {
	*ask.Form
	at   string // the path of the term, with a dot at its end; empty for the request
	year events.Year
}

func (f form) note(code, field, format string, args ...any) {
	f.Note(code, f.at+field, format, args...)
}

func formOf(y events.Year) form {
	f := form{&ask.Form{}, "", y}
	if !y.Valid() || y < oldest {
		f.note("YEAR_INVALID", "year", "%q is no year of the Network Contract. Write a financial year from 2019/20 on, as 2025/26.", ask.Clip(string(y)))
	}
	return f
}

// Problems are those of every term, and of all of them together.
func (a Publish) Problems() []ask.Problem {
	f := formOf(a.Year)
	all := len(a.Streams) + len(a.Lines) + len(a.Uses) + len(a.Roles) + len(a.Limits) + len(a.Requirements) + len(a.MaturityFrameworks) + len(a.MaturityDescriptors) + len(a.Disputes)
	if all > mostTerms {
		f.note("TOO_MANY", "", "There are %d terms; %d are the most at once. Divide them.", all, mostTerms)
		return *f.Form
	}
	each(f, "streams", a.Streams, form.stream)
	each(f, "lines", a.Lines, form.line)
	each(f, "uses", a.Uses, form.use)
	each(f, "roles", a.Roles, form.role)
	each(f, "limits", a.Limits, form.limit)
	each(f, "requirements", a.Requirements, form.requirement)
	each(f, "maturityFrameworks", a.MaturityFrameworks, form.framework)
	each(f, "maturityDescriptors", a.MaturityDescriptors, form.descriptor)
	each(f, "disputes", a.Disputes, form.dispute)
	return *f.Form
}

func each[T any](f form, list string, all []T, check func(form, T)) {
	for i, one := range all {
		check(form{f.Form, list + "." + strconv.Itoa(i) + ".", f.year}, one)
	}
}

func only[T any](y events.Year, one T, check func(form, T)) []ask.Problem {
	f := formOf(y)
	check(f, one)
	return *f.Form
}

func (a ListStream) Problems() []ask.Problem { return only(a.Year, a.FundingStream, form.stream) }
func (a SetRate) Problems() []ask.Problem    { return only(a.Year, a.Line, form.line) }
func (a StateUse) Problems() []ask.Problem   { return only(a.Year, a.Use, form.use) }
func (a SetRole) Problems() []ask.Problem    { return only(a.Year, a.Role, form.role) }
func (a LimitRole) Problems() []ask.Problem  { return only(a.Year, a.Limit, form.limit) }
func (a SetRequirement) Problems() []ask.Problem {
	return only(a.Year, a.Requirement, form.requirement)
}
func (a SetFramework) Problems() []ask.Problem    { return only(a.Year, a.Framework, form.framework) }
func (a StateDescriptor) Problems() []ask.Problem { return only(a.Year, a.Descriptor, form.descriptor) }
func (a DisputeFigure) Problems() []ask.Problem   { return only(a.Year, a.Dispute, form.dispute) }

func (a WithdrawTerm) Problems() []ask.Problem {
	f := formOf(a.Year)
	f.key("key", a.Key)
	f.text("REASON_MISSING", "reason", a.Reason, "Say why the term is withdrawn")
	return *f.Form
}

func (f form) key(field string, k contract.Key) {
	if !k.Valid() {
		f.note("KEY_INVALID", field, "%q cannot name a term. Write 1 to 60 letters, digits, hyphens, underscores or dots, such as core-registered.", ask.Clip(string(k)))
	}
}

// text notes a sentence that is missing, too long, or cannot be shown.
func (f form) text(code, field, s, what string) {
	switch {
	case strings.TrimSpace(s) == "":
		f.note(code, field, "%s: it is missing.", what)
	case !shown(s):
		f.note(code, field, "%s in characters that can be shown, on one line, without spaces at the ends.", what)
	case utf8.RuneCountInString(s) > mostText:
		f.note(code, field, "%s in at most %d characters: it has %d.", what, mostText, utf8.RuneCountInString(s))
	}
}

func shown(s string) bool {
	return utf8.ValidString(s) && strings.TrimSpace(s) == s && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}

func (f form) remark(field, s string) {
	if s != "" {
		f.text("TEXT_INVALID", field, s, "Write the note")
	}
}

func (f form) title(field, s, what string) {
	if strings.TrimSpace(s) == "" || !shown(s) || utf8.RuneCountInString(s) > mostName {
		f.note("NAME_INVALID", field, "%s has no name that can be shown. Write it in 1 to %d characters, on one line.", what, mostName)
	}
}

func (f form) cited(c contract.Cited) {
	f.text("SOURCE_MISSING", "source", c.Source, "Say where the figure is known from")
	oneOf(f, "CONFIDENCE_INVALID", "confidence", c.Confidence, contract.Confidences, "how well it is known")
}

func oneOf[T ~string](f form, code, field string, v T, all []T, what string) {
	if !slices.Contains(all, v) {
		f.note(code, field, "Say %s: %q is not one of %s.", what, ask.Clip(string(v)), listed(all))
	}
}

func listed[T any](all []T) string {
	var s []string
	for _, one := range all {
		s = append(s, fmt.Sprint(one))
	}
	return strings.Join(s, ", ")
}

func (f form) stream(s contract.FundingStream) {
	f.key("key", s.Key)
	f.title("title", s.Title, "The stream")
	oneOf(f, "PAYEE_INVALID", "payee", s.Payee, contract.Payees, "who is paid")
	f.remark("note", s.Note)
	f.cited(s.Cited)
}

func (f form) line(l contract.Line) {
	f.key("key", l.Key)
	f.key("stream", l.StreamKey)
	oneOf(f, "RATE_BASIS_INVALID", "basis", l.Basis, contract.Bases, "what the rate is multiplied by")
	switch d := l.Rate.Decimal; {
	case !d.IsPos():
		f.note("RATE_INVALID", "rate", "A rate is more than 0. Leave out what is not known: it is shown as owed.")
	case d.Cmp(highest) > 0 || d.Trim(0).Scale() > decimals:
		f.note("RATE_INVALID", "rate", "%s is no rate that anybody is paid by: it is at most %s, with %d decimals.", d, highest, decimals)
	}
	oneOf(f, "PER_INVALID", "per", l.Per, []contract.Per{contract.PerYear, contract.PerPeriod}, "how long the rate is for")
	f.days(l.Period)
	if l.Instalments < 0 || l.Instalments > 12 {
		f.note("INSTALMENTS_INVALID", "instalments", "There are 1 to 12 instalments, or none where no source says.")
	}
	f.remark("note", l.Note)
	f.cited(l.Cited)
}

// days notes a period that is not whole months of the year.
func (f form) days(p events.Period) {
	if !f.year.Valid() {
		return // that has been noted
	}
	f.Day(f.at+"from", p.From)
	f.Day(f.at+"to", p.To)
	if p.From.IsZero() || p.To.IsZero() {
		return
	}
	f.Order(f.at+"to", p)
	year := f.year.Period()
	switch _, _, months := f.year.Months(p); {
	case !p.Valid() || months:
	case !year.Includes(p.From) || !year.Includes(p.To):
		f.note("PERIOD_OUTSIDE_YEAR", "from", "%s to %s is not within %s, which is %s to %s. Name days of the year, or another year.", p.From, p.To, f.year, year.From, year.To)
	default:
		f.note("PERIOD_NOT_MONTHS", "from", "%s to %s is not whole months. The contract pays by the month: begin on the first of one, and end on the last of one.", p.From, p.To)
	}
}

func (f form) use(u contract.Use) {
	f.key("key", u.Key)
	f.key("stream", u.StreamKey)
	if !u.Purpose.Valid() {
		f.note("PURPOSE_INVALID", "purpose", "%q cannot name a purpose. Write 1 to 60 letters, digits, hyphens, underscores or dots, such as additional-roles; %s for every other.", ask.Clip(string(u.Purpose)), contract.Anything)
	}
	f.text("TEXT_INVALID", "text", u.Text, "Write the rule in a sentence")
	f.cited(u.Cited)
}

func (f form) role(r contract.Role) {
	f.key("key", r.Key)
	f.title("title", r.Title, "The role")
	if r.Band != "" {
		f.title("band", r.Band, "The band")
	}
	for _, m := range []struct {
		field  string
		amount events.GBP
	}{{"maximum", r.Maximum}, {"outerLondon", r.OuterLondon}, {"innerLondon", r.InnerLondon}, {"london", r.London}} {
		if m.amount < 0 || m.amount > 100_000_000 {
			f.note("MAXIMUM_INVALID", m.field, "£%s is no salary with on-costs. Write an amount up to £1,000,000; leave it out where it is not known.", m.amount)
		}
	}
	if r.Share < 0 || r.Share > 100 {
		f.note("SHARE_INVALID", "share", "The share that is reimbursed is 1 to 100 per cent; leave it out where it is not known.")
	}
	f.days(r.Period)
	f.remark("note", r.Note)
	f.cited(r.Cited)
}

func (f form) limit(l contract.Limit) {
	f.key("key", l.Key)
	f.key("role", l.Role)
	if min(l.Posts, l.LargePosts, l.LargeFrom) < 0 || max(l.Posts, l.LargePosts) > mostPosts || l.LargeFrom > mostPeople || (l.LargePosts == 0) != (l.LargeFrom == 0) {
		f.note("LIMIT_INVALID", "posts", "A limit is up to %d posts; that of a large network goes with the number of patients from which on it is large.", mostPosts)
	}
	f.remark("note", l.Note)
	f.cited(l.Cited)
}

func (f form) requirement(r contract.Requirement) {
	f.key("key", r.Key)
	f.title("service", r.Service, "The specification")
	f.text("TEXT_INVALID", "text", r.Text, "Write what is required in a sentence")
	f.begins(r.Period, "A requirement")
	f.cited(r.Cited)
}

// begins notes a period that does not begin in the year, or ends before it does.
func (f form) begins(p events.Period, what string) {
	f.Day(f.at+"from", p.From)
	f.Order(f.at+"to", p)
	if f.year.Valid() && !p.From.IsZero() && !f.year.Period().Includes(p.From) {
		f.note("PERIOD_OUTSIDE_YEAR", "from", "%s is not in %s. %s is a term of the year in which it begins: that is %s.", p.From, f.year, what, events.YearOf(p.From))
	}
}

func (f form) dispute(d contract.Dispute) {
	f.key("key", d.Key)
	f.key("about", d.About)
	f.text("TEXT_INVALID", "says", d.Says, "Write what the source says in a sentence")
	f.text("REASON_MISSING", "because", d.Because, "Say why the term's own figure is used")
	if d.Value.IsNeg() {
		f.note("RATE_INVALID", "value", "A figure is not negative.")
	}
	f.cited(d.Cited)
}
