package platform

import (
	"context"

	"github.com/ics-openbook/openbook/api/client"
	own "github.com/ics-openbook/openbook/services/funding/importing"
	"github.com/ics-openbook/openbook/services/network/importing"
	claims "github.com/ics-openbook/openbook/services/workforce/importing"
	staff "github.com/ics-openbook/openbook/services/workforce/importstaff"
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

// How files of spending and payments are put into the ledgers.
type (
	OwnFile     = own.Kind
	ImportingOf = own.Options
	ImportedOf  = own.Outcome
	OwnStep     = own.Step
)

// What such a file says.
const (
	SpendingFile = own.Spending
	PaymentsFile = own.Payments
)

// ErrWrongLines means that lines of such a file are wrong.
var ErrWrongLines = own.ErrWrong

// ImportOwn puts a file of spending or payments into the ledgers of the book that
// c leads to. Its outcome says how far it came, with an error too.
func ImportOwn(ctx context.Context, c *client.Client, o ImportingOf, file string) (*ImportedOf, error) {
	return own.Run(ctx, c, o, file)
}

// How files of claims are submitted.
type (
	SubmittingOf = claims.Options
	SubmittedOf  = claims.Outcome
	ClaimStep    = claims.Step
)

// ErrWrongClaims means that lines of such a file are wrong.
var ErrWrongClaims = claims.ErrWrong

// SubmitClaims submits the claims of a file to the book that c leads to. Its
// outcome says how far it came, with an error too.
func SubmitClaims(ctx context.Context, c *client.Client, o SubmittingOf, file string) (*SubmittedOf, error) {
	return claims.Run(ctx, c, o, file)
}

// How the national workforce file is put into the book.
type (
	ReturningOf = staff.Options
	ReturnedOf  = staff.Outcome
	StaffStep   = staff.Step
)

// What an import of it may end with: its outcome says which rows, or networks.
var (
	ErrWrongStaff      = staff.ErrWrong
	ErrUnknownNetworks = staff.ErrUnknown
)

// ImportStaff returns the staff of a file for each network of the book that c leads
// to. Its outcome says how far it came, with an error too.
func ImportStaff(ctx context.Context, c *client.Client, o ReturningOf, file string) (*ReturnedOf, error) {
	return staff.Run(ctx, c, o, file)
}
