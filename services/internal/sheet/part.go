package sheet

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
)

// part is a run of bytes that a table is read from: a file, or what is in a zip.
type part struct {
	place
	size int64 // unpacked
	from func() (io.ReadCloser, error)
	read atomic.Int64 // the furthest that anybody has read it
}

// reader reads a part from its beginning. It holds back a line that does not
// end, turns what goes wrong into a [*Problem], and keeps the part's progress.
type reader struct {
	*part
	bytes io.ReadCloser
	done  int64
	since int64 // what was read since the last line
}

func (p *part) open() (*reader, error) {
	from, err := p.from()
	if err != nil {
		return nil, p.problem(damaged)
	}
	return &reader{part: p, bytes: from}, nil
}

// loosen says that a line has ended.
func (r *reader) loosen() { r.since = 0 }

func (r *reader) Read(b []byte) (int, error) {
	if r.since > maxLine {
		return 0, r.problem("A row does not end within %d kB. Look for a quotation mark that is not closed, or save the table anew, and try again.", maxLine>>10)
	}
	n, err := r.bytes.Read(b)
	r.done, r.since = r.done+int64(n), r.since+int64(n)
	if r.done > r.size || err != nil && !errors.Is(err, io.EOF) {
		return 0, r.problem(damaged)
	}
	if r.done > r.read.Load() {
		r.read.Store(r.done) // nobody else does: see File
	}
	return n, err
}

func (r *reader) Close() error { return r.bytes.Close() }

// head returns the part's first bytes.
func (p *part) head() ([]byte, error) {
	from, err := p.from()
	if err != nil {
		return nil, p.problem(damaged)
	}
	defer from.Close() //nolint:errcheck // it was only read
	head := make([]byte, 512)
	n, err := io.ReadFull(from, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) || int64(n) < min(p.size, int64(len(head))) {
		return nil, p.problem(damaged)
	}
	return head[:n], nil
}

// What is not a table, by its first bytes. Others that net/http knows begin
// with letters that a header may begin with too.
var notTables = map[string]string{
	"application/pdf":              "a PDF",
	"application/x-gzip":           "a gzip archive",
	"application/x-rar-compressed": "a RAR archive",
	"text/html":                    "a web page, perhaps one that says why the download failed",
	"text/xml":                     "XML",
}

const (
	oleMark = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"
	utf8BOM = "\xEF\xBB\xBF"
)

// looks tells "zip" from "csv" by the part's first bytes. Anything else is a
// problem that names it.
func (p *part) looks() (kind string, err error) {
	bytes, err := p.head()
	if err != nil {
		return "", err
	}
	head := string(bytes)
	if strings.HasPrefix(head, "PK\x03\x04") || strings.HasPrefix(head, "PK\x05\x06") {
		return "zip", nil
	}
	if strings.HasPrefix(head, oleMark) {
		return "", p.problem("This is a workbook of the old kind (.xls) or has a password. Take the password off, save it as .xlsx or CSV UTF-8 and try again.")
	}
	if wide(head) {
		return "", p.problem("The text is in UTF-16 (“Unicode text”), not in UTF-8. " + asCSV)
	}
	media, _, _ := strings.Cut(http.DetectContentType(bytes), ";")
	if what, known := notTables[media]; known {
		return "", p.problem("This is not a table: it looks like %s. Choose a CSV, zip or XLSX file and try again.", what)
	}
	return "csv", nil
}

// wide reports whether text is in UTF-16: by its mark, or because every other
// byte is zero, as in all text in Latin letters.
func wide(text string) bool {
	if strings.HasPrefix(text, "\xFF\xFE") || strings.HasPrefix(text, "\xFE\xFF") {
		return true
	}
	var zeros [2]int
	for i := range len(text) {
		if text[i] == 0 {
			zeros[i%2]++
		}
	}
	few, many := min(zeros[0], zeros[1]), max(zeros[0], zeros[1])
	return few == 0 && many > 1 && many >= len(text)/2*3/4
}
