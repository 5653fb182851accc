package sheet

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// File is an open file of tables. One goroutine at a time reads it; any may ask
// for its [File.Progress].
type File struct {
	file   *os.File
	name   string
	info   fs.FileInfo // when it was opened
	sum    string
	tables []*table
	book   bool // a workbook: its tables have names
	typed  bool // whether a CSV may be written as [OpenTyped] has it

	written dialect // of a CSV
	saved   time.Time
	parts   []*part // what tables are read from
}

// Open finds out what the file at path is, by what it holds and whatever it is
// called: a CSV, a zip that holds one CSV, or an XLSX workbook. It reads the
// file once for its SHA-256. Every error is a [*Problem].
func Open(path string) (*File, error) { return open(&File{name: filepath.Base(path)}, path) }

// OpenTyped is [Open] for a table that people keep themselves, and save as their
// spreadsheet happens to: the fields of a CSV may be separated by semicolons or
// tabs too, and its text may be in Windows-1252.
func OpenTyped(path string) (*File, error) {
	return open(&File{name: filepath.Base(path), typed: true}, path)
}

func open(f *File, path string) (*File, error) {
	if err := f.open(path); err != nil {
		if f.file != nil {
			_ = f.file.Close() // it was only read
		}
		return nil, err
	}
	return f, nil
}

func (f *File) open(path string) (err error) {
	here := place{file: f.name}
	// Asked before it is opened: opening a pipe would wait for a writer.
	if f.info, err = os.Stat(path); err == nil && f.info.Mode().IsRegular() {
		f.file, err = os.Open(path)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return here.problem("There is no such file. Check the name and the folder and try again.")
	case errors.Is(err, fs.ErrPermission):
		return here.problem("It may not be read. Change who may read it and try again.")
	case err != nil:
		return here.problem("It cannot be opened (%v). Copy it to another place and try again.", err)
	case f.info.IsDir():
		return here.problem("This is a folder. Choose a file in it and try again.")
	case f.file == nil:
		return here.problem("This is not a file with a table in it. Choose a CSV, zip or XLSX file and try again.")
	case f.info.Size() == 0:
		return here.problem("The file is empty. " + again)
	case f.info.Size() > maxFile:
		return here.problem("The file has %d MB; at most %d are read. Split it into smaller files and try again.",
			f.info.Size()>>20, maxFile>>20)
	}
	whole := &part{place: here, size: f.info.Size(), from: func() (io.ReadCloser, error) {
		return io.NopCloser(io.NewSectionReader(f.file, 0, f.info.Size())), nil
	}}
	kind, err := whole.looks()
	if err != nil {
		return err
	}
	if err := f.hash(whole); err != nil {
		return err
	}
	if kind == "zip" {
		return f.openZip(here)
	}
	return f.openCSV(whole)
}

func (f *File) hash(whole *part) error {
	from, err := whole.from()
	if err != nil {
		return err
	}
	hash := sha256.New()
	if n, err := io.Copy(hash, from); err != nil || n != f.info.Size() {
		return whole.problem(damaged)
	}
	f.sum = hex.EncodeToString(hash.Sum(nil))
	return nil
}

// same makes sure that what was read is what [File.SHA256] is of.
func (f *File) same() error {
	now, err := f.file.Stat()
	if err != nil || now.Size() != f.info.Size() || !now.ModTime().Equal(f.info.ModTime()) {
		return place{file: f.name}.problem("The file was changed while it was read. Wait until it is complete and try again.")
	}
	return nil
}

// Close ends the reading.
func (f *File) Close() error { return f.file.Close() }

// Name is the file's name, without the folder.
func (f *File) Name() string { return f.name }

// Size is the file's, in bytes.
func (f *File) Size() int64 { return f.info.Size() }

// SHA256 is of the file's bytes, in hex.
func (f *File) SHA256() string { return f.sum }

// Saved is when the workbook says that it was last saved, or zero.
func (f *File) Saved() time.Time { return f.saved }

// Progress is how many bytes of the file's tables, unpacked, have been read,
// and how many there are. It never goes back.
func (f *File) Progress() (read, total int64) {
	for _, p := range f.parts {
		read += p.read.Load()
		total += p.size
	}
	return read, total
}

// table returns the table that l is about, or a sentence why there is none.
func (f *File) table(l Layout) (*table, string) {
	if !f.book || l.Sheet == "" && len(f.tables) == 1 {
		return f.tables[0], ""
	}
	var names []string
	for _, t := range f.tables {
		if plain(t.sheet) == plain(l.Sheet) {
			return t, ""
		}
		names = append(names, t.sheet)
	}
	if l.Sheet == "" {
		return nil, fmt.Sprintf("For %s it has too many sheets (%s): keep the one that is meant.", l.Name, listed(names))
	}
	return nil, fmt.Sprintf("For %s it lacks the sheet %s (it has %s).", l.Name, l.Sheet, listed(names))
}

// columnName is Excel's: A for 0, AA for 26.
func columnName(i int) string {
	var letters []string
	for i++; i > 0; i = (i - 1) / 26 {
		letters = append([]string{string(rune('A' + (i-1)%26))}, letters...)
	}
	return strings.Join(letters, "")
}
