package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ics-openbook/openbook/api/ask"
	"github.com/ics-openbook/openbook/api/ask/funding"
	"github.com/ics-openbook/openbook/api/client"
	"github.com/ics-openbook/openbook/events"
	fact "github.com/ics-openbook/openbook/events/funding"
)

// act is a command of `openbook fund`: its line of use says what it takes.
type act struct {
	use, short, example string
	send                func(context.Context, *client.Client, form) (client.Receipt, error)
	then                string // what follows from it, with %s for the ledger and %d for the entry
}

// form is what the arguments and flags of an act say.
type form struct {
	funding.Act
	funding.Payee
	entry    int
	from     fact.Stage
	what     string
	category string
}

func (f form) upon() funding.Upon { return funding.Upon{Act: f.Act, Payee: f.Payee} }
func (f form) own() funding.Own   { return funding.Own{Act: f.Act, Payee: f.Payee} }
func (f form) answer() funding.Answer {
	return funding.Answer{Ledger: f.Ledger, On: f.On, Entry: f.entry, Reason: f.Reason}
}

var acts = []act{
	{
		use: "receive SYSTEM STREAM AMOUNT --reference REF", short: "Record money from England in a system's pot",
		example: "QZ1 core 149950.00 --reference NHSE-1 --on 2025-04-01",
		send: func(ctx context.Context, c *client.Client, f form) (client.Receipt, error) {
			return c.ReceiveFunding(ctx, funding.ReceiveFunding{Act: f.Act})
		},
	},
	{
		use: "allocate PAYEE STREAM AMOUNT --reference REF", short: "Promise money in the pot to a network or practice",
		example: "U99001 core 149950.00 --reference A-17 --on 2025-04-01",
		send: func(ctx context.Context, c *client.Client, f form) (client.Receipt, error) {
			return c.AllocateFunding(ctx, funding.AllocateFunding{Upon: f.upon()})
		},
	},
	{
		use: "hold PAYEE STREAM AMOUNT --reference REF --reason WHY", short: "Keep back what is allocated, for a reason",
		example: "U99001 core 5000.00 --reference H-1 --reason \"no plan yet\" --on 2025-06-01",
		send: func(ctx context.Context, c *client.Client, f form) (client.Receipt, error) {
			return c.HoldFunding(ctx, funding.HoldFunding{Upon: f.upon()})
		},
	},
	{
		use: "release PAYEE STREAM AMOUNT --reference REF", short: "Let go what is held",
		example: "U99001 core 5000.00 --reference H-2 --on 2025-07-01",
		send: func(ctx context.Context, c *client.Client, f form) (client.Receipt, error) {
			return c.ReleaseFunding(ctx, funding.ReleaseFunding{Upon: f.upon()})
		},
	},
	{
		use: "pay PAYEE STREAM AMOUNT --reference REF", short: "Ask for the payment of what is allocated; somebody else approves it",
		example: "U99001 core 12495.83 --reference P-4 --on 2025-07-31",
		send: func(ctx context.Context, c *client.Client, f form) (client.Receipt, error) {
			told, err := c.RequestPayment(ctx, funding.RequestPayment{Upon: f.upon()})
			return recordedAs(told, err)
		},
		then: approve,
	},
	{
		use: "divert PAYEE STREAM AMOUNT --reference REF --reason WHY", short: "Ask to use a network's money for something else; somebody else approves it",
		example: "U99001 core 1000.00 --reference V-1 --reason \"winter pressures\" --from HELD --on 2025-12-01",
		send: func(ctx context.Context, c *client.Client, f form) (client.Receipt, error) {
			return c.RequestDiversion(ctx, funding.RequestDiversion{Upon: f.upon(), From: f.from})
		},
		then: approve,
	},
	{
		use: "approve SYSTEM YEAR ENTRY", short: "Carry out what somebody else has requested",
		example: "QZ1 2025/26 3 --on 2025-07-31",
		send: func(ctx context.Context, c *client.Client, f form) (client.Receipt, error) {
			return c.ApproveFundingRequest(ctx, funding.ApproveRequest{Answer: f.answer()})
		},
	},
	{
		use: "reject SYSTEM YEAR ENTRY --reason WHY", short: "Turn down what somebody else has requested",
		example: "QZ1 2025/26 3 --reason \"paid already\" --on 2025-07-31",
		send: func(ctx context.Context, c *client.Client, f form) (client.Receipt, error) {
			return c.RejectFundingRequest(ctx, funding.RejectRequest{Answer: f.answer()})
		},
	},
	{
		use: "withdraw SYSTEM YEAR ENTRY", short: "Take your own request back",
		example: "QZ1 2025/26 3 --on 2025-07-31",
		send: func(ctx context.Context, c *client.Client, f form) (client.Receipt, error) {
			return c.WithdrawFundingRequest(ctx, funding.WithdrawRequest{Answer: f.answer()})
		},
	},
	{
		use: "confirm PAYEE STREAM AMOUNT --reference REF", short: "Record that money has come that was paid",
		example: "U99001 core 12495.83 --reference B-1 --on 2025-08-02",
		send: func(ctx context.Context, c *client.Client, f form) (client.Receipt, error) {
			return c.ConfirmReceipt(ctx, funding.ConfirmReceipt{Own: f.own()})
		},
	},
	{
		use: "commit PAYEE STREAM AMOUNT --reference REF", short: "Set money aside for something agreed",
		example: "U99001 core 3000.00 --reference C-1 --reason \"two months of a locum\" --on 2025-08-04",
		send: func(ctx context.Context, c *client.Client, f form) (client.Receipt, error) {
			return c.CommitFunding(ctx, funding.CommitFunding{Own: f.own()})
		},
	},
	{
		use: "spend PAYEE STREAM AMOUNT --reference REF --for WHAT", short: "Record what a network or practice has bought",
		example: "U99001 core 1234.50 --reference INV-9 --for \"a locum, one week\" --on 2025-08-09",
		send: func(ctx context.Context, c *client.Client, f form) (client.Receipt, error) {
			told, err := c.SpendFunding(ctx, funding.SpendFunding{Own: f.own(), From: f.from, For: f.what, Category: f.category})
			return recordedAs(told, err)
		},
	},
	{
		use: "declare PAYEE STREAM AMOUNT --reference REF", short: "Record what will not be spent",
		example: "U99001 core 700.00 --reference D-1 --on 2026-02-27",
		send: func(ctx context.Context, c *client.Client, f form) (client.Receipt, error) {
			return c.DeclareUnderspend(ctx, funding.DeclareUnderspend{Own: f.own()})
		},
	},
}

const approve = "Somebody else approves it: openbook fund approve %s %d"

// recordedAs is the receipt of what was no dry run.
func recordedAs(told client.Reported, err error) (client.Receipt, error) {
	if err != nil || told.Receipt == nil {
		return client.Receipt{}, err
	}
	return *told.Receipt, nil
}

func fund() *cobra.Command {
	cmd := group("fund", "Receive, allocate, pay, confirm and spend money, entry by entry")
	cmd.Long = `Enters in the ledger of a system what happens to money: the system's finance
officers receive, allocate, hold and pay it; networks and practices confirm, commit
and spend it. PAYEE is the code of a network or practice, AMOUNT is pounds as
1234.50, and STREAM is what the contract calls it: openbook contract show 2025/26.
A reference is what the entry is called in your own books; the same again is the
same entry. Many at once: openbook import spending, openbook import payments.`
	cmd.Example = "  openbook fund allocate U99001 core 149950.00 --reference A-17 --on 2025-04-01 --as finance"
	w := writerFlags(cmd, cmd.PersistentFlags())
	for _, a := range acts {
		cmd.AddCommand(a.command(w))
	}
	return cmd
}

// command is the act as one.
func (a act) command(w *writer) *cobra.Command {
	name, _, _ := strings.Cut(a.use, " ")
	cmd := &cobra.Command{Use: a.use, Short: a.short, Example: "  openbook fund " + name + " " + a.example, Args: exactly}
	takes := parameters(cmd)
	f := form{}
	flags := cmd.Flags()
	f.On = today()
	flags.Var((*day)(&f.On), "on", "the `day` it counts for, in the ledger's year; today unless given")
	flags.Lookup("on").DefValue = "" // would be another every day
	flags.StringVar(&f.Reason, "reason", "", "`why`, in a few words")
	if slices.Contains(takes, "AMOUNT") {
		flags.StringVar(&f.Reference, "reference", "", "what it is called in your own `books`, such as the number of a payment or an invoice")
		flags.StringVar((*string)(&f.Purpose), "purpose", "anything", "what the money is `meant` for within its stream")
	}
	if slices.Contains(takes, "PAYEE") {
		flags.StringVar((*string)(&f.System), "system", "", "`code` of the system whose ledger it is; the payee's own unless given")
	}
	if name == "spend" || name == "divert" {
		flags.StringVar((*string)(&f.from), "from", "", "the `stage` the money is at, where it is not the usual one: COMMITTED of what is spent, HELD of what is diverted")
	}
	if name == "spend" {
		flags.StringVar(&f.what, "for", "", "`what` was bought, in words")
		flags.StringVar(&f.category, "category", "", "what was bought, as the `contract` names what may be")
	}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		f := f
		if err := f.read(takes, args); err != nil {
			return usage{cmd, err}
		}
		c, err := w.client(cmd, client.Visible())
		if err != nil {
			return err
		}
		if f.System == "" {
			if f.System, err = systemOf(cmd.Context(), c, f.Payee); err != nil {
				return err
			}
		}
		f.Given = ask.Given{IdempotencyKey: *w.key}
		receipt, err := a.send(cmd.Context(), c, f)
		switch {
		case err != nil:
			return err
		case *w.json:
			return printJSON(cmd, receipt)
		}
		return a.told(cmd.OutOrStdout(), f, receipt)
	}
	return cmd
}

// read takes the arguments for what the line of use calls them.
func (f *form) read(names, args []string) (err error) {
	f.Year = events.YearOf(f.On)
	for i, name := range names {
		switch arg := args[i]; name {
		case "SYSTEM":
			f.System = events.ICB(strings.ToUpper(arg))
		case "PAYEE":
			f.Payee, err = payee(strings.ToUpper(arg))
		case "STREAM":
			f.FundingStream = fact.Stream(arg)
		case "AMOUNT":
			f.Amount, err = events.ParseGBP(arg)
		case "YEAR":
			f.Year, err = events.ParseYear(arg)
		case "ENTRY":
			if f.entry, err = strconv.Atoi(arg); err != nil {
				err = fmt.Errorf("%q is not the number of an entry: write it as 3", arg)
			}
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// payee is whose code it is.
func payee(code string) (p funding.Payee, err error) {
	switch {
	case events.PCN(code).Valid():
		p.Network = events.PCN(code)
	case events.Practice(code).Valid():
		p.Practice = events.Practice(code)
	default:
		err = fmt.Errorf("%q is not the code of a network or practice: it looks like U12345 or A81001", code)
	}
	return p, err
}

// systemOf is the system that the registry has a payee in.
func systemOf(ctx context.Context, c *client.Client, p funding.Payee) (system events.ICB, err error) {
	if p.Network != "" {
		n, err := c.Network(ctx, p.Network, client.When{})
		if err != nil {
			return "", err
		}
		if n != nil {
			system = n.System.Code
		}
	} else {
		n, err := c.Practice(ctx, p.Practice, client.When{})
		if err != nil {
			return "", err
		}
		if n != nil {
			system = n.System.Code
		}
	}
	if system == "" {
		return "", fmt.Errorf("the book does not say which system %s is in: check the code, or name the system by --system", cmp.Or(string(p.Network), string(p.Practice)))
	}
	return system, nil
}

// told says which entry of the ledger a receipt is of, and what follows from it.
func (a act) told(w io.Writer, f form, r client.Receipt) error {
	ledger, entry := fmt.Sprintf("%s %s", f.System, f.Year), r.Revision+1
	if r.Entries == 0 {
		return receiptOf(w, r, "So it was already")
	}
	err := receiptOf(w, r, fmt.Sprintf("Recorded as entry %d of the ledger of %s", entry, ledger))
	if err == nil && a.then != "" {
		_, err = fmt.Fprintf(w, a.then+"\n", ledger, entry)
	}
	return err
}
