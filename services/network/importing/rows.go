package importing

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/network"
	"github.com/ics-openbook/openbook/services/internal/sheet"
)

// reader reads the files of one kind.
type reader struct {
	called  string // what people call such files
	wants   string // which files, in a sentence
	most    int    // how many files make one source
	layouts []sheet.Layout
	read    func(o Options, files []*sheet.File, watch func()) (*reports, error)
}

var readers map[fact.Kind]reader

func init() {
	readers = map[fact.Kind]reader{
		fact.Registrations: registrations, fact.EPCN: epcn, fact.Populations: populations, fact.Deprivation: deprivation,
	}
}

// key is the idempotency key of a report: the same for the same words.
func key(a any) string {
	b, err := json.Marshal(a)
	if err != nil {
		panic(err) // of an ask, which is always JSON
	}
	sum := sha256.Sum256(b)
	return "import-" + hex.EncodeToString(sum[:16])
}

func title(files []string) string { return strings.Join(files, ", ") }

// The codes of a row, each of the right form or a problem that names the cell.

func practiceOf(r sheet.Row, column string) (events.Practice, error) {
	c := events.Practice(strings.ToUpper(r.Text(column)))
	if !c.Valid() {
		return c, r.Problem(column, "%q is not the code of a GP practice. It looks like A81001.", r.Text(column))
	}
	return c, nil
}

func networkOf(r sheet.Row, column string) (events.PCN, error) {
	c := events.PCN(strings.ToUpper(r.Text(column)))
	if !c.Valid() {
		return c, r.Problem(column, "%q is not the code of a Primary Care Network. It looks like U12345.", r.Text(column))
	}
	return c, nil
}

func systemOf(r sheet.Row, column string) (events.ICB, error) {
	c := events.ICB(strings.ToUpper(r.Text(column)))
	if !c.Valid() {
		return c, r.Problem(column, "%q is not the code of a system. It looks like QU9 or D4U1Y.", r.Text(column))
	}
	return c, nil
}

func subICBOf(r sheet.Row, column string) (events.SubICB, error) {
	c := events.SubICB(strings.ToUpper(r.Text(column)))
	if !c.Valid() {
		return c, r.Problem(column, "%q is not the code of a sub-ICB location. It looks like 15C or D4U1Y.", r.Text(column))
	}
	return c, nil
}

// nameOf is a name as people may type it: on one line, not empty.
func nameOf(r sheet.Row, column string) (string, error) {
	name := strings.Join(strings.Fields(r.Text(column)), " ")
	if name == "" {
		return "", r.Problem(column, "The name is missing.")
	}
	var form ask.Form
	if form.Name(column, name); len(form) > 0 {
		return "", r.Problem(column, "%s", form[0].Message)
	}
	return name, nil
}

// dayOf is a date that has to be there.
func dayOf(r sheet.Row, column string) (events.Date, error) {
	day, err := r.Date(column)
	if err == nil && day.IsZero() {
		err = r.Problem(column, "The date is missing.")
	}
	return day, err
}

// first is the first of errors that is one.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
