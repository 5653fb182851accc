package view

import (
	"fmt"

	"github.com/govalues/decimal"

	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/workforce"
	terms "github.com/ics-openbook/openbook/services/contract/view"
	"github.com/ics-openbook/openbook/services/internal/figure"
)

// ByPosts is the most that a network may claim in a year whose contract counts
// posts, as that of 2019/20 does: so many of each role, each up to its maximum for
// the days on which it is one. False of a year that counts otherwise. patients are
// the network's, nil where they are not known.
func ByPosts(c *terms.Contract, year events.Year, patients *int) (figure.Amount, bool) {
	if s := c.Stream(fact.Stream); s != nil && len(s.Lines()) > 0 {
		return figure.Amount{}, false // it has a rate
	}
	roles := c.Roles()
	sum := events.GBP(0)
	var all []figure.Term
	for _, r := range roles {
		limits := r.Limits()
		if len(limits) == 0 || limits[0].Is.Posts == 0 {
			return figure.Amount{}, false
		}
		one := limits[0].Is
		posts := one.Posts
		if one.LargePosts > posts {
			if patients == nil {
				return figure.NoAmount(&figure.Unknown{
					Code: "POPULATION_NOT_KNOWN", Reason: fmt.Sprintf("A network of %d patients or more may have %d posts of %s, a smaller one %d, and it is not known how many this one has.", one.LargeFrom, one.LargePosts, r.Title(), posts),
				}), true
			}
			if *patients >= one.LargeFrom {
				posts = one.LargePosts
			}
		}
		in := year.Period()
		said := limits[0].History()
		term := figure.Term{Entries: []events.ID{said[len(said)-1].ID}}
		if m := r.Maxima(); len(m) > 0 { // it may become a role within the year
			if in.From = m[0].From(); in.From.Before(year.First()) {
				in.From = year.First()
			}
			for _, x := range m {
				term.Entries = append(term.Entries, x.Entry().ID)
			}
		}
		most, known := Until(r, fact.Elsewhere, decimal.MustNew(fact.FullTime, 2), in)
		if !known {
			return figure.NoAmount(&figure.Unknown{Code: "MAXIMUM_NOT_KNOWN", Reason: fmt.Sprintf("The book has no maximum of %s for all of %s.", r.Title(), year)}), true
		}
		term.Label = fmt.Sprintf("posts of %s for all days from %s to %s: %d, at £%s each", r.Title(), in.From, in.To, posts, most)
		term.Amount = most * events.GBP(posts)
		sum, all = sum+term.Amount, append(all, term)
	}
	if len(all) == 0 {
		return figure.Amount{}, false
	}
	return figure.Known(sum, "So many posts of each role as the contract counts, each up to its maximum.", func() []figure.Term { return all }), true
}
