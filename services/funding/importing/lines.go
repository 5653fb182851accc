package importing

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/api/ask/funding"
	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/funding"
	"github.com/ics-openbook/openbook/services/internal/sheet"
)

// kind is how the lines of a file become asks.
type kind struct {
	layout sheet.Layout
	of     func(funding.Act, funding.Payee, sheet.Row) request
}

// The columns, version 1, with what people call them. A column may come to be;
// one that is there never means something else: that would be a version 2, with
// other names, and both would be read.
var (
	date      = sheet.Column{Key: "date", Headers: []string{"Date", "Payment date", "Date paid", "Date spent", "Transaction date", "Posting date", "Invoice date"}}
	stream    = sheet.Column{Key: "stream", Headers: []string{"Stream", "Funding stream", "Fund"}}
	purpose   = sheet.Column{Key: "purpose", Headers: []string{"Purpose", "Ring-fence", "Ring fence"}, Optional: true}
	amount    = sheet.Column{Key: "amount", Headers: []string{"Amount", "Amount (£)", "Amount £", "Amount GBP", "Amount (GBP)", "Value", "£"}}
	reference = sheet.Column{Key: "reference", Headers: []string{"Reference", "Ref", "Ref.", "Our reference", "Payment reference", "Invoice number", "Invoice no", "Invoice no.", "Invoice", "Voucher", "Transaction ID", "Document number"}}
	reason    = sheet.Column{Key: "reason", Headers: []string{"Reason", "Why", "Justification"}, Optional: true}
	what      = sheet.Column{Key: "for", Headers: []string{"What for", "For", "Description", "Details", "Narrative", "Item"}}
	category  = sheet.Column{Key: "category", Headers: []string{"Category", "Spend category", "Use"}, Optional: true}
	payee     = sheet.Column{Key: "payee", Headers: []string{"Payee", "Payee code", "Network or practice", "Network", "Network code", "Practice", "Practice code", "PCN", "PCN code", "Organisation code", "ODS code"}}
)

var kinds = map[Kind]kind{
	Spending: {sheet.Layout{Name: "spending", Columns: []sheet.Column{date, optional(payee), stream, purpose, amount, reference, what, category, reason}}, newSpending},
	Payments: {sheet.Layout{Name: "payments", Columns: []sheet.Column{date, payee, stream, purpose, amount, reference, reason}}, newPayment},
}

func optional(c sheet.Column) sheet.Column {
	c.Optional = true
	return c
}

// paths are the columns that fields of an ask are read from.
var paths = map[string]string{
	"on": "date", "fundingStream": "stream", "purpose": "purpose", "amount": "amount", "reference": "reference",
	"reason": "reason", "for": "for", "category": "category", "network": "payee", "practice": "payee",
}

// line is one of a file, as an ask.
type line struct {
	n, number int // its place among the lines, and in the file
	account
	amount events.GBP
	request
}

// request is what a line asks for.
type request interface {
	Problems() []ask.Problem
	// send asks for it, or rehearses it.
	send(ctx context.Context, c *client.Client, dry bool) (client.Reported, error)
	// all is what asks for all of an account's lines at once.
	all(amount events.GBP) request
}

// account is where the money of a line comes from.
type account struct {
	funding.Payee
	system  events.ICB
	year    events.Year
	stream  fact.Stream
	purpose fact.Purpose
}

func (a account) String() string {
	return fmt.Sprintf("%s%s, stream %s, purpose %s, in %s", a.Network, a.Practice, a.stream, a.purpose, a.year)
}

// together is the reference under which a sum is rehearsed: nobody writes it.
const together = "(all lines together)"

type spending struct{ funding.SpendFunding }

func newSpending(a funding.Act, p funding.Payee, r sheet.Row) request {
	return spending{funding.SpendFunding{Own: funding.Own{Act: a, Payee: p}, For: oneLine(r.Text("for")), Category: r.Text("category")}}
}

func (s spending) send(ctx context.Context, c *client.Client, dry bool) (client.Reported, error) {
	s.DryRun, s.Wait = dry, ask.Recorded
	return c.SpendFunding(ctx, s.SpendFunding)
}

func (s spending) all(amount events.GBP) request {
	s.Amount, s.Reference, s.Category = amount, together, ""
	return s
}

type payment struct{ funding.RequestPayment }

func newPayment(a funding.Act, p funding.Payee, _ sheet.Row) request {
	return payment{funding.RequestPayment{Upon: funding.Upon{Act: a, Payee: p}}}
}

func (p payment) send(ctx context.Context, c *client.Client, dry bool) (client.Reported, error) {
	p.DryRun, p.Wait = dry, ask.Recorded
	return c.RequestPayment(ctx, p.RequestPayment)
}

func (p payment) all(amount events.GBP) request {
	p.Amount, p.Reference = amount, together
	return p
}

// line reads a row, and says all that is wrong with it. Its error is that the
// platform does not answer.
func (im *importer) line(ctx context.Context, r sheet.Row) (l line, problems []error, err error) {
	note := func(err error) {
		if err != nil {
			problems = append(problems, err)
		}
	}
	for _, c := range im.kind.layout.Columns {
		if strings.HasPrefix(r.Text(c.Key), "=") {
			note(r.Problem(c.Key, "It holds a formula. Write what the formula comes to, and try again."))
		}
	}
	if len(problems) > 0 {
		return l, problems, nil
	}
	day, err1 := im.day(r)
	sum, err2 := r.Money("amount")
	who, err3 := im.payee(r)
	note(err1)
	note(err2)
	note(err3)
	if len(problems) > 0 {
		return l, problems, nil
	}
	system, problem, err := im.system(ctx, r, who)
	if err != nil || problem != nil {
		return l, append(problems, problem), err
	}
	l.number, l.amount = r.Line(), sum
	l.account = account{who, system, cmp.Or(im.Year, events.YearOf(day)), fact.Stream(r.Text("stream")), fact.Purpose(cmp.Or(r.Text("purpose"), "anything"))}
	l.request = im.kind.of(funding.Act{
		Ledger: funding.Ledger{System: system, Year: l.year}, Money: funding.Money{FundingStream: l.stream, Purpose: l.purpose, Amount: sum},
		On: day, Reference: r.Text("reference"), Reason: oneLine(r.Text("reason")),
	}, who, r)
	for _, p := range l.Problems() {
		note(im.problem(r.Line(), p.Path, p.Message))
	}
	if len(problems) == 0 {
		note(im.twice(l, r))
	}
	return l, problems, nil
}

// problem is what is wrong with a field of what a line asks for.
func (im *importer) problem(number int, path, message string) *sheet.Problem {
	return &sheet.Problem{File: im.file.Name(), Sheet: im.sheet, Line: number, Column: im.columns[paths[path]], Message: message}
}

var slashed = regexp.MustCompile(`^([0-9]{1,2})/([0-9]{1,2})/[0-9]{4}$`)

// slashes are the two numbers before the year of a date with slashes.
func slashes(text string) (first, second int) {
	if parts := slashed.FindStringSubmatch(text); parts != nil {
		first, _ = strconv.Atoi(parts[1])
		second, _ = strconv.Atoi(parts[2])
	}
	return first, second
}

// twoDays reports whether a date is one day with the day first, and another with
// the month first.
func twoDays(text string) bool {
	first, second := slashes(text)
	return 1 <= first && first <= 12 && 1 <= second && second <= 12 && first != second
}

func (im *importer) day(r sheet.Row) (events.Date, error) {
	text := r.Text("date")
	if first, second := slashes(text); 1 <= first && first <= 12 && second > 12 && second <= 31 {
		im.monthFirst = cmp.Or(im.monthFirst, r.Line())
		return events.Date{}, r.Problem("date", "%q has the month first. Write it as 2025-07-31 or 31/07/2025 and try again.", text)
	}
	day, err := r.Date("date")
	if err == nil && day.IsZero() {
		return day, r.Problem("date", "A date is missing. Write it as 2025-07-31 or 31/07/2025 and try again.")
	}
	return day, err
}

func (im *importer) payee(r sheet.Row) (p funding.Payee, err error) {
	said, given := strings.ToUpper(r.Text("payee")), strings.ToUpper(im.For)
	switch {
	case said != "" && given != "" && said != given:
		return p, r.Problem("payee", "It is of %s, and the file is imported for %s. Import the lines of each for itself.", ask.Clip(said), ask.Clip(given))
	case said+given == "":
		return p, r.Problem("payee", "Whose line is it? Write the code of the network or practice, such as U12345 or A81001, or name it by --for.")
	}
	code := cmp.Or(said, given)
	switch {
	case events.PCN(code).Valid():
		p.Network = events.PCN(code)
	case events.Practice(code).Valid():
		p.Practice = events.Practice(code)
	default:
		err = r.Problem("payee", "%q is not the code of a network or practice. It looks like U12345 or A81001.", ask.Clip(code))
	}
	return p, err
}

// system is whose ledger a line is for: the one named, or that of its payee.
func (im *importer) system(ctx context.Context, r sheet.Row, p funding.Payee) (events.ICB, error, error) {
	code := string(p.Network) + string(p.Practice)
	in, known := im.systems[code]
	switch {
	case im.System != "":
		return im.System, nil, nil
	case known:
	case p.Network != "":
		n, err := im.client.Network(ctx, p.Network, client.When{})
		if err != nil {
			return "", nil, err
		}
		if n != nil {
			in = n.System.Code
		}
	default:
		n, err := im.client.Practice(ctx, p.Practice, client.When{})
		if err != nil {
			return "", nil, err
		}
		if n != nil {
			in = n.System.Code
		}
	}
	im.systems[code] = in
	if in == "" {
		return "", r.Problem("payee", "The book does not say which system %s is in. Check the code, or name the system by --system.", code), nil
	}
	return in, nil, nil
}

// fingerprint is of a reference with whose it is, so that a million are kept in
// forty megabytes.

type fingerprint [16]byte

// twice is what is wrong with a line whose reference an earlier one has.
func (im *importer) twice(l line, r sheet.Row) error {
	party := string(l.system)
	if im.Kind == Spending {
		party = string(l.Network) + string(l.Practice)
	}
	sum := sha256.Sum256([]byte(party + "\x00" + string(l.system) + "\x00" + string(l.year) + "\x00" + r.Text("reference")))
	mark := fingerprint(sum[:16])
	if before, is := im.seen[mark]; is && int(before) != l.number {
		return r.Problem("reference", "Line %d has this reference too. Each entry has its own: leave out the line if it is the same entry, or give it another reference.", before)
	}
	im.seen[mark] = int32(l.number) //nolint:gosec // no file has as many lines
	return nil
}

// oneLine is text with its line breaks as spaces.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
