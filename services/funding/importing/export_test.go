package importing

import (
	"context"

	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/services/internal/sheet"
)

// Judge reads a file without sending any of it, and returns what is kept of it.
func Judge(ctx context.Context, o Options, path string) (kept any, lines, wrong int, err error) {
	f, err := sheet.OpenTyped(path)
	if err != nil {
		return nil, 0, 0, err
	}
	defer f.Close()
	im := newImporter(new(client.Client), o, f)
	err = im.read(ctx)
	return im, im.out.Lines, im.out.Wrong, err
}

// Headers are what columns of a kind may be called.
func Headers(k Kind) (all []string) {
	for _, c := range kinds[k].layout.Columns {
		all = append(all, c.Headers...)
	}
	return all
}
