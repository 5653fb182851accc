package main

import (
	"encoding/json"
	"testing"

	"github.com/ics-openbook/openbook/api/client"
)

func TestChallenge(t *testing.T) {
	p := newPlace(t)
	p.up(t)
	p.sample(t)
	p.funds(t)
	const day = `\d{4}-\d\d-\d\d`
	p.check(t, []expect{
		{args: "challenge list --system QZ1 --as finance", out: `There are none\.`},
		{args: "challenge|open|u99001|2025/26|C1|--entry|2|--words|Nobody asked us.|--as|pcn", out: `Recorded as entry \d+, visible\.` + receipt},
		{args: "challenge|open|U99001|2025/26|C1|--entry|2|--words|Nobody asked us.|--as|pcn", out: `So it was already, since entry \d+\.` + receipt},
		{args: "challenge|open|U99001|2025/26|C2|--missing|core|--amount|500.00|--words|May has not come.|--system|qz1|--as|pcn", out: `Recorded as .*`},
		{args: "challenge|open|U99001|2025/26|C3|--missing|core|--words|June neither.|--as|pcn", out: `Recorded as .*`},
		{args: "challenge list --system QZ1 --as finance", out: `CHALLENGE +SYSTEM +ABOUT +OPENED +STATUS +OWED\n` +
			`U99001-2025-26-C1 +QZ1 +entry 2 +` + day + ` +open +acknowledgement by ` + day + `\nU99001-2025-26-C2 +QZ1 +missing core £500\.00 +` + day + ` +open +.*\nU99001-2025-26-C3 +QZ1 +missing core +` + day + ` .*`},
		{args: "challenge|acknowledge|U99001-2025-26-C1|--words|We are looking.|--as|finance", out: `Recorded as .*`},
		{args: "challenge list --status acknowledged --as finance", out: `CHALLENGE.*\nU99001-2025-26-C1 .* acknowledged +answer by ` + day},
		{args: "challenge list --overdue --as finance", out: `There are none\.`},
		{args: "challenge list --overdue=false --by U99001 --year 2025/26 --as pcn", out: `CHALLENGE.*C1.*\n.*C2.*\n.*C3.*`},
		{args: "challenge list --by U99001 --year 2024/25 --as pcn", out: `There are none\.`},
		{args: "challenge list --system QZ1 --by U99002 --as finance", out: `There are none\.`},
		{args: "challenge list --system QZ1 --by Z99001 --as finance", out: `There are none\.`},
		{args: "challenge list --as-at 2020-01-01T00:00:00Z --as pcn", out: `There are none\.`},
		{args: "challenge|answer|U99001-2025-26-C1|upheld|--correction|4|--correction|2025/26:5|--words|It is put right.|--as|finance", out: `Recorded as .*`},
		{args: "challenge|accept|U99001-2025-26-C1|--words|Thank you.|--as|pcn", out: `Recorded as .*`},
		{args: "challenge show U99001-2025-26-C1 --as pcn", out: `U99001-2025-26-C1  entry 2, ledger of QZ1 2025/26, accepted\n\n` +
			day + `  opened  person-\S+\n    Nobody asked us\.\n` + day + `  acknowledged  person-\S+\n    We are looking\.\n` +
			day + `  answered, upheld, entry 4 of 2025/26, entry 5 of 2025/26  person-\S+\n    It is put right\.\n` + day + `  accepted  person-\S+\n    Thank you\.`},
		{args: "challenge|answer|U99001-2025-26-C2|EXPLAINED|--system|QZ1|--words|It came.|--as|finance", out: `Recorded as .*`},
		{args: "challenge|escalate|U99001-2025-26-C2|the board|--words|It did not.|--as|pcn", out: `Recorded as .*`},
		{args: "challenge|resolve|U99001-2025-26-C2|--words|It has now.|--as|pcn", out: `Recorded as .*`},
		{args: "challenge show U99001-2025-26-C2 --as finance", out: `.*, resolved\n\n.*  answered, explained  person-\S+\n    It came\.\n.*  escalated to the board  person-\S+\n    It did not\.\n.*  resolved  person-\S+\n    It has now\.`},

		{args: "challenge|open|U99001|2025/26|C1|--entry|3|--words|Another.|--as|pcn", code: notDone, err: `REFERENCE: .*`},
		{args: "challenge|open|U99001|2025/26|C 4|--entry|2|--words|Why?|--as|pcn", code: notDone, err: `REFERENCE: "C 4" is not a reference for a challenge\. .*`},
		{args: "challenge|open|U99001|2025/26|C4|--entry|99|--words|Why?|--as|pcn", code: notDone, err: `--entry: .*no entry 99.*`},
		{args: "challenge|open|U99001|2025/26|C4|--words|Why?|--as|pcn", code: notDone, err: `--entry: Name the entry that you challenge by its number, .*`},
		{args: "challenge|open|U99001|2025/26|C4|--missing|core money|--words|Why?|--as|pcn", code: notDone, err: `--missing: "core money" is not the name of a funding stream\. .*`},
		{args: "challenge|open|U99001|2025/26|C4|--entry|2|--words|Why?|--as|finance", code: notDone, err: `Your roles do not allow this\..*`},
		{args: "challenge|open|U12345|2025/26|C4|--entry|2|--words|Why?|--as|pcn", code: notDone, err: `The book does not say which system U12345 is in: .*--system\.`},
		{args: "challenge|answer|U99001-2025-26-C3|perhaps|--words|Well.|--as|finance", code: misread, err: `OUTCOME: "perhaps" is none of upheld, amended, explained\..*`},
		{args: "challenge|answer|U99001-2025-26-C3|explained|--correction|4|--words|Well.|--as|finance", code: notDone, err: `--correction: An answer that only explains corrects nothing\. .*`},
		{args: "challenge acknowledge U99001-2025-26-C9 --as finance", code: notDone, err: "The book has no challenge U99001-2025-26-C9: look it up by `openbook challenge list`\\."},
		{args: "challenge show U99001-2025-26-C9 --as finance", code: notDone, err: `The book has no challenge U99001-2025-26-C9: .*`},
		{args: "challenge accept U99001-2025-26-C3 --as pcn", code: notDone, err: `CHALLENGE: Challenge U99001-2025-26-C3 has no answer that could be accepted\. .*`},
		{args: "challenge accept C3 --as pcn", code: notDone, err: `CHALLENGE: "C3" is not the name of a challenge\. .*`},
		{args: "challenge list --system QZ1 --as pcn:network-U99777", code: notDone, err: `This is open to those who belong to .*`},

		{args: "challenge|open|U99001|2025/26|C4|--entry|2", code: misread, err: `--words is missing\..*`},
		{args: "challenge|open|North|2025/26|C4|--entry|2|--words|Why?", code: misread, err: `PAYEE: "NORTH" is not the code of a network or practice: .*`},
		{args: "challenge|open|U99001|2025|C4|--entry|2|--words|Why?", code: misread, err: `YEAR: "2025" is not a financial year: write it as 2025/26\..*`},
		{args: "challenge|open|U99001|2025/26|C4|--entry|2|--amount|5|--words|Why?", code: misread, err: `--amount goes with --missing: .*`},
		{args: "challenge|open|U99001|2025/26|C4|--missing|core|--amount|1.005|--words|Why?", code: misread, err: `--amount: "1\.005" has a fraction of a penny\..*`},
		{args: "challenge|answer|U99001-2025-26-C3|upheld|--correction|four|--words|Well.", code: misread, err: `--correction: "four" is not the number of an entry: write it as 12, or 2026/27:3\..*`},
		{args: "challenge|answer|U99001-2025-26-C3|upheld|--correction|2026:4|--words|Well.", code: misread, err: `--correction: "2026" is not a financial year: .*`},
		{args: "challenge list --by North", code: misread, err: `--by: "NORTH" is not the code of a network or practice: .*`},
		{args: "challenge list --year 2025", code: misread, err: `--year: "2025" is not a financial year: .*`},
		{args: "challenge list --status lost", code: misread, err: `--status: "lost" is none of open, acknowledged, answered, escalated, accepted, resolved\..*`},
		{args: "challenge escalate U99001-2025-26-C3", code: misread, err: `TO is missing\..*`},
	})
	var all []client.Challenge
	if got := p.openbook(t, "challenge", "list", "--json", "--as", "finance"); json.Unmarshal([]byte(got.out), &all) != nil || len(all) != 3 || all[1].Missing.Amount.String() != "500.00" {
		t.Errorf("%+v", got)
	}
	var one client.Challenge
	if got := p.openbook(t, "challenge", "show", "U99001-2025-26-C1", "--json", "--as", "pcn"); json.Unmarshal([]byte(got.out), &one) != nil || one.Answer == nil || len(one.Answer.Corrections) != 2 {
		t.Errorf("%+v", got)
	}
	var r client.Receipt
	if got := p.openbook(t, "challenge", "acknowledge", "U99001-2025-26-C3", "--json", "--as", "finance"); json.Unmarshal([]byte(got.out), &r) != nil || !r.Visible {
		t.Errorf("%+v", got)
	}
}
