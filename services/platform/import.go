package platform

import (
	"context"

	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/services/network/importing"
)

// How published files are put into the book.
type (
	Importing = importing.Options
	Imported  = importing.Outcome
	Step      = importing.Step
)

// The steps of an import.
const (
	ReadingFiles = importing.Reading
	Reporting    = importing.Reporting
)

// Import puts published files of one kind into the book that c leads to.
func Import(ctx context.Context, c *client.Client, o Importing, files ...string) (*Imported, error) {
	return importing.Run(ctx, c, o, files...)
}
