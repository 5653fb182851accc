package sheet

import (
	"archive/zip"
	"encoding/xml"
	"io"
	"iter"
	"path"
	"regexp"
	"strings"
	"time"
)

// book is an XLSX workbook: an archive of XML parts that refer to one another
// (ECMA-376). The worksheets are read here and not by excelize, whose stream
// ends without an error where a worksheet is cut off, ignores checksums, moves
// cells that are not in order, and shows neither formulas nor dates. The tests
// hold this reading against excelize's.
type book struct {
	place
	parts  map[string]*zip.File // by name in small letters
	shared shared
	dates  []bool // by style: whether Excel shows the number as a day
	epoch  time.Time
}

// Both forms of the standard, and every producer, agree on these endings.
const (
	toBook   = "/officeDocument"
	toSaved  = "/metadata/core-properties" // one library writes a second, empty, with a slip in "metadata"
	toSheet  = "/worksheet"
	toShared = "/sharedStrings"
	toStyles = "/styles"
)

type relation struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
}

func (f *File) openBook(here place, archive *zip.Reader) error {
	b := &book{place: here, parts: map[string]*zip.File{}}
	for _, z := range archive.File {
		b.parts[strings.ToLower(z.Name)] = z
	}
	top, err := b.relations("")
	if err != nil {
		return err
	}
	main, core := "", ""
	for _, r := range top {
		switch {
		case strings.HasSuffix(r.Type, toBook):
			main = r.Target
		case strings.HasSuffix(r.Type, toSaved):
			core = r.Target
		}
	}
	if strings.HasSuffix(main, ".bin") {
		return here.problem("This is a binary workbook (.xlsb). Save it as .xlsx or as CSV UTF-8 and try again.")
	}
	f.book = true
	if f.saved, err = b.savedAt(core); err != nil {
		return err
	}
	return b.sheets(f, main)
}

func (b *book) savedAt(core string) (time.Time, error) {
	var properties struct {
		Modified string `xml:"modified"`
	}
	if b.parts[core] == nil {
		return time.Time{}, nil
	}
	if err := b.decode(core, &properties); err != nil {
		return time.Time{}, err
	}
	saved, err := time.Parse(time.RFC3339, properties.Modified)
	if err != nil {
		return time.Time{}, nil //nolint:nilerr // it is not known
	}
	return saved, nil
}

func (b *book) sheets(f *File, main string) error {
	var workbook struct {
		XMLName    xml.Name
		Properties struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"id,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := b.decode(main, &workbook); err != nil {
		return err
	}
	if workbook.XMLName.Local != "workbook" {
		return b.problem("This is an Office document but not a workbook. Choose a CSV, zip or XLSX file and try again.")
	}
	b.epoch = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC) // counts a 29 February 1900, as Lotus did
	if on := workbook.Properties.Date1904; on == "1" || on == "true" {
		b.epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	related, err := b.relations(main)
	if err != nil {
		return err
	}
	byID := map[string]string{}
	for _, r := range related {
		switch {
		case strings.HasSuffix(r.Type, toSheet):
			byID[r.ID] = r.Target
		case strings.HasSuffix(r.Type, toShared):
			b.shared.name = r.Target
		case strings.HasSuffix(r.Type, toStyles):
			if b.dates, err = b.styles(r.Target); err != nil {
				return err
			}
		}
	}
	for _, s := range workbook.Sheets {
		if name, ok := byID[s.ID]; ok { // others are charts
			if err := b.add(f, clean(s.Name), name); err != nil {
				return err
			}
		}
	}
	if len(f.tables) == 0 {
		return b.problem("The workbook has no worksheet. Choose the right file and try again.")
	}
	return nil
}

func (b *book) add(f *File, sheet, name string) error {
	z := b.parts[name]
	if z == nil {
		return b.problem(damaged)
	}
	p := packed(place{b.file, sheet}, z)
	f.parts = append(f.parts, p)
	f.tables = append(f.tables, &table{place: p.place, lines: func() iter.Seq2[line, error] { return b.lines(p) }})
	return nil
}

// relations returns what a part refers to; the part "" is the archive.
func (b *book) relations(of string) ([]relation, error) {
	folder, name := path.Split(of)
	var held struct {
		All []relation `xml:"Relationship"`
	}
	if err := b.decode(folder+"_rels/"+name+".rels", &held); err != nil {
		return nil, err
	}
	for i, r := range held.All {
		target := strings.ToLower(strings.ReplaceAll(r.Target, `\`, "/"))
		if !strings.HasPrefix(target, "/") {
			target = "/" + folder + target
		}
		held.All[i].Target = path.Clean(target)[1:]
	}
	return held.All, nil
}

// decode reads a small part whole.
func (b *book) decode(name string, into any) error {
	z := b.parts[name]
	if z == nil {
		return b.problem(damaged)
	}
	if z.UncompressedSize64 > maxPart {
		return b.problem("Its formatting takes more than %d MB. %s", maxPart>>20, asCSV)
	}
	from, err := z.Open()
	if err != nil {
		return b.problem(damaged)
	}
	defer from.Close() //nolint:errcheck // it was only read
	text, err := io.ReadAll(from)
	if err != nil || xml.Unmarshal(text, into) != nil {
		return b.problem(damaged)
	}
	return nil
}

// styles returns which of the cells' styles show a number as a day.
func (b *book) styles(name string) ([]bool, error) {
	var held struct {
		Formats []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Cells []struct {
			Format int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	if err := b.decode(name, &held); err != nil {
		return nil, err
	}
	days := map[int]bool{14: true, 15: true, 16: true, 17: true, 22: true} // those every workbook has
	for _, f := range held.Formats {
		days[f.ID] = strings.ContainsAny(literal.ReplaceAllString(f.Code, ""), "dyDY")
	}
	dates := make([]bool, len(held.Cells))
	for i, c := range held.Cells {
		dates[i] = days[c.Format]
	}
	return dates, nil
}

// literal is what a number format shows as it stands, and its colours and places.
var literal = regexp.MustCompile(`"[^"]*"|\[[^\]]*\]|[\\_*].`)
