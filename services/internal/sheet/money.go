package sheet

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/ics-openbook/openbook/events"
)

// sum is pounds as people write them: £1,234.50, 1234.5, -£5.
var sum = regexp.MustCompile(`^(-?)£? ?(-?)([0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)((?:\.[0-9]+)?)$`)

// Money reads pounds: 1234.50, 1,234.50 or £1,234.50. Nothing is a problem,
// because it is not zero, and so is what could be two amounts.
func (r Row) Money(key string) (events.GBP, error) {
	text := strings.ReplaceAll(r.Text(key), "\u00a0", " ")
	if text == "" {
		return 0, r.Problem(key, "An amount is missing. Write it as 1234.50 and try again.")
	}
	if exact, ok := r.shownToPennies(text); ok {
		text = exact
	}
	parts := sum.FindStringSubmatch(text)
	switch {
	case parts == nil || parts[1] != "" && parts[2] != "":
		return 0, r.Problem(key, "%s is not an amount of money. Write it as 1234.50, 1,234.50 or £1,234.50 and try again.", shown(text))
	case r.file.written.comma == ';' && strings.Contains(parts[3], ","):
		return 0, r.Problem(key, "%s could be two amounts, as fields are separated by semicolons where the comma is for decimals. Write it as 1234.50 and try again.", shown(text))
	}
	amount, err := events.ParseGBP(parts[1] + parts[2] + strings.ReplaceAll(parts[3], ",", "") + parts[4])
	if err != nil {
		return 0, r.Problem(key, "%s cannot be an amount of money: it has a fraction of a penny, or is too large. Write it as 1234.50 and try again.", shown(text))
	}
	return amount, nil
}

// shownToPennies is the number of a workbook as a person sees it. Excel stores
// 0.29 as 0.28999999999999998: the same number to it, and no other amount has it.
func (r Row) shownToPennies(text string) (string, bool) {
	number, err := strconv.ParseFloat(text, 64)
	if err != nil || !r.file.book {
		return "", false
	}
	pennies := strconv.FormatFloat(number, 'f', 2, 64)
	again, err := strconv.ParseFloat(pennies, 64)
	return pennies, err == nil && again == number
}
