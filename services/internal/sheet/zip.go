package sheet

import (
	"archive/zip"
	"io"
	"path"
	"strings"
)

// openZip reads what an archive holds, of which archive/zip lets no part give
// more than its entry in the directory says, and none with another checksum.
func (f *File) openZip(here place) error {
	from := &directory{ReaderAt: f.file, place: here, left: maxDirectory}
	archive, err := zip.NewReader(from, f.info.Size())
	from.known = true
	if p, ok := here.found(err, 0); ok {
		return p
	}
	if err != nil {
		return here.problem("The archive is not complete. " + again)
	}
	var expanded uint64
	var files []*zip.File
	for _, z := range archive.File {
		expanded += min(z.UncompressedSize64, maxExpanded+1)
		switch {
		case z.Flags&1 != 0:
			return here.problem("The archive has a password. Unpack it, and try again with the table in it.")
		case expanded > maxExpanded:
			return here.problem("Unpacked it has more than %d MB. Split the table into smaller files and try again.", maxExpanded>>20)
		case z.UncompressedSize64 > maxLine && z.UncompressedSize64/maxRatio > z.CompressedSize64:
			return here.problem("What is in it is packed more than %d times, which no table is. %s", maxRatio, again)
		case !z.FileInfo().IsDir() && !strings.HasPrefix(z.Name, "__MACOSX/"):
			files = append(files, z)
		}
		switch strings.ToLower(z.Name) {
		case "mimetype":
			return here.problem("This is an OpenDocument file. Save it as .xlsx or as CSV UTF-8 and try again.")
		case "[content_types].xml":
			return f.openBook(here, archive)
		}
	}
	return f.openPacked(here, files)
}

// directory is an archive whose table of contents is not known yet. Until then
// only so much may be read of it, because zip.NewReader keeps all of that.
type directory struct {
	io.ReaderAt
	place
	left  int
	known bool
}

func (d *directory) ReadAt(b []byte, off int64) (int, error) {
	if d.left -= len(b); d.left < 0 && !d.known {
		return 0, d.problem("The archive holds too many files. Unpack it, and try again with the table in it.")
	}
	return d.ReaderAt.ReadAt(b, off)
}

// openPacked reads the one file in an archive, or the only CSV among others.
func (f *File) openPacked(here place, files []*zip.File) error {
	if len(files) > 1 {
		var tables []*zip.File
		for _, z := range files {
			if strings.EqualFold(path.Ext(z.Name), ".csv") {
				tables = append(tables, z)
			}
		}
		if len(tables) > 1 {
			var names []string
			for _, z := range tables {
				names = append(names, z.Name)
			}
			return here.problem("The archive holds %d tables (%s). Unpack it, and try again with the one that is meant.", len(names), listed(names))
		}
		files = tables
	}
	if len(files) == 0 {
		return here.problem("The archive holds no CSV. Choose the one with the table in it and try again.")
	}
	p := packed(here, files[0])
	if p.size == 0 {
		return here.problem("The file in the archive, %s, is empty. %s", files[0].Name, again)
	}
	kind, err := p.looks()
	if err != nil {
		return err
	}
	if kind == "zip" {
		return here.problem("The archive holds another archive or a workbook, %s. Unpack it, and try again with that.", files[0].Name)
	}
	return f.openCSV(p)
}

func packed(here place, z *zip.File) *part {
	return &part{place: here, size: int64(z.UncompressedSize64), from: z.Open} //nolint:gosec // at most maxExpanded
}
