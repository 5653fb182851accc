package csv

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/ics-openbook/openbook/events"
	"github.com/ics-openbook/openbook/events/funding"
	money "github.com/ics-openbook/openbook/services/funding/view"
	"github.com/ics-openbook/openbook/services/gateway/graph"
	"github.com/ics-openbook/openbook/services/gateway/guard"
	"github.com/ics-openbook/openbook/services/internal/refuse"
)

// ledgers are the lists of one system's money in one year, with the version of
// their columns. To a version columns are only ever added, at the end; what would
// change one is another version, and this one stays to be asked for.
var ledgers = map[string]struct {
	list
	version string
	amounts []string
}{
	"ledger": {list{[]string{"system", "year", "columns"}, ledgerColumns, postings}, "1", []string{"amount", "asked"}},
	"grants": {list{[]string{"system", "year", "columns", "prefix"}, grantColumns, grants}, "1", []string{"Amount Awarded", "Amount Disbursed"}},
}

// ledger is which ledger is asked for.
func (p *params) ledger() funding.Ledger {
	return funding.Ledger{System: events.ICB(p.text("system")), Year: p.year("year")}
}

// mine is the ledger that is asked for, of a viewer's own system.
func mine(p *params, v guard.Viewer) (funding.Ledger, error) {
	if v := p.text("columns"); v != "" && v != "1" {
		p.refuse("columns", "1, which is the only version of them so far")
	}
	books := p.ledger()
	_, err := graph.OwnOf(v, books.System)
	return books, err
}

// ledger is what has been entered in a ledger, or nil.
func ledger(ctx context.Context, r *graph.Resolver, books funding.Ledger, seen *graph.Registry, asAt *time.Time) (*money.Ledger, error) {
	all, err := r.MoneyAt(ctx, seen, asAt)
	if err != nil {
		return nil, err
	}
	if _, parked := all.Parked(books.Entity()); parked {
		return nil, refuse.ErrParked.About("", books.Entity())
	}
	return all.State.Ledgers.Ledger(books), nil
}

var ledgerColumns = []string{
	"entry", "posting", "type", "on", "recorded", "party", "by", "reference", "about", "holder", "stage", "stream", "purpose",
	"amount", "asked", "reason", "for", "category", "use", "id", "ordinal",
}

// postings are the postings of every entry, each in a row: what an entry puts into
// an account, or, below zero, takes out, so that those of an account add up to
// what is in it; and likewise what a request asks for, which moves nothing. An
// entry that only says something has one row.
func postings(p *params, v guard.Viewer) (func(reading) rows, error) {
	_, err := mine(p, v)
	return func(r reading) rows {
		if r.ledger == nil {
			return each[*money.Entry](nil, nil)
		}
		n := 0
		for number := range r.ledger.Len() {
			e := r.ledger.Entry(number + 1)
			n += max(1, len(e.Posted())+len(e.Asked()))
		}
		return rows{n, func(yield func([]string) bool) {
			for number := range r.ledger.Len() {
				if !posted(r.ledger.Entry(number+1), yield) {
					return
				}
			}
		}}
	}, err
}

// posted yields the rows of an entry.
func posted(e *money.Entry, yield func([]string) bool) bool {
	h := e.Heading()
	what, category, use := "", "", funding.Use("")
	if work, is := e.Event.(funding.Spent); is {
		what, category, use = work.For, work.Category, work.Use
	}
	if work, is := e.Event.(funding.SpentOnBehalf); is {
		what, category, use = work.For, work.Category, work.Use
	}
	about := ""
	if e.Answers() > 0 {
		about = strconv.Itoa(e.Answers())
	}
	n := 0
	row := func(a funding.Account, amount, asked string) bool {
		n++
		return yield([]string{
			strconv.Itoa(h.Number), strconv.Itoa(n), e.EventType(), h.On.String(), e.Time.UTC().Format(time.RFC3339Nano), string(h.Party), string(h.By), e.Called(), about,
			string(a.Holder), string(a.Stage), string(a.Stream), string(a.Purpose), amount, asked,
			h.Reason, what, category, string(use), string(e.ID), strconv.FormatUint(uint64(e.Ordinal), 10),
		})
	}
	for _, p := range e.Posted() {
		if !row(p.Account, p.Amount.String(), "") {
			return false
		}
	}
	for _, p := range e.Asked() {
		if !row(p.Account, "", p.Amount.String()) {
			return false
		}
	}
	return n > 0 || row(funding.Account{}, "", "")
}

// The columns of the 360Giving Data Standard, by the titles of its table for
// spreadsheets: the ten it requires, and those others that are known.
// https://standard.threesixtygiving.org
var grantColumns = []string{
	"Identifier", "Title", "Description", "Currency", "Amount Awarded", "Amount Disbursed", "Award Date",
	"Planned Dates:Start Date", "Planned Dates:End Date", "Recipient Org:Identifier", "Recipient Org:Name",
	"Funding Org:Identifier", "Funding Org:Name", "Grant Programme:Code", "Grant Programme:Title", "From an open call?", "Last modified",
}

// nhs is the list of codes that NHS England's Organisation Data Service keeps, as
// org-id.guide names it: of boards, networks and practices alike.
const nhs = "GB-NHS-"

const longestTitle = 140 // characters, by the standard

// A publisher's prefix, which 360Giving gives out.
var publisher = regexp.MustCompile(`^360G-[A-Za-z0-9_-]{1,40}$`)

// grants are what a system has awarded in a year, as grants: one for each network
// or practice, stream and purpose. What a grant is called stays, whatever is
// allocated later.
func grants(p *params, v guard.Viewer) (func(reading) rows, error) {
	books, err := mine(p, v)
	prefix := p.text("prefix")
	if prefix != "" && !publisher.MatchString(prefix) {
		p.refuse("prefix", "your publisher's prefix as 360Giving has given it to you, such as 360G-example")
	}
	if prefix == "" {
		prefix = "openbook"
	}
	return func(r reading) rows {
		if r.ledger == nil {
			return each[money.Award](nil, nil)
		}
		funder := string(books.System)
		if s := r.System(books.System); s != nil {
			funder = s.Name()
		}
		year := books.Year
		return each(r.ledger.Awards(), func(a money.Award) []string {
			_, code, _ := strings.Cut(string(a.Holder), "-")
			name := r.nameOf(a.Holder, code)
			purpose := "for whatever the stream is for"
			if a.Purpose != "anything" {
				purpose = "for " + string(a.Purpose)
			}
			return []string{
				strings.Join([]string{prefix, string(books.System), year.Token(), code, string(a.Stream)}, "-") + ":" + string(a.Purpose), // no key has a colon
				clip(string(a.Stream)+" funding of "+string(year)+" to "+name, longestTitle),
				"Money of the stream " + string(a.Stream) + " " + purpose + " that " + funder + " allocated to " + name + " for the financial year " + string(year) + ", less what it took back.",
				"GBP", a.Amount.String(), a.Paid.String(), a.On.String(), year.First().String(), year.Last().String(),
				nhs + code, name, nhs + string(books.System), funder, string(a.Stream), string(a.Stream) + " " + string(year), "No",
				a.Changed.UTC().Format(time.RFC3339),
			}
		})
	}, err
}

// nameOf is what the registry calls a network or practice; its code where it does
// not know it.
func (r reading) nameOf(holder events.Entity, code string) string {
	if strings.HasPrefix(string(holder), "network-") {
		if n := r.Network(events.PCN(code)); n != nil {
			return n.Name()
		}
	} else if p := r.Practice(events.Practice(code)); p != nil {
		return p.Name()
	}
	return code
}

// clip is a text of at most n characters.
func clip(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	return string([]rune(text)[:n-1]) + "…"
}
