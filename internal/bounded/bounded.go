// Package bounded reads what comes from outside in bounded memory: what is larger than its limit is an error.
package bounded

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
)

// ReadAll reads r to its end, or returns an error if it has more than limit bytes.
func ReadAll(r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = fmt.Errorf("more than %d bytes", limit)
	}
	return data, err
}

// MaxRecord bounds the bytes of a record of a [CSV] file, which is a line, or several if a quoted field has line
// breaks, and MaxRecords the number of records.
const (
	MaxRecord  = 64 << 10
	MaxRecords = 1_000_000
)

// CSV is a [csv.Reader] whose Read returns an error for a record of more than [MaxRecord] bytes and for record
// [MaxRecords] + 1; what is larger by less than 4 KiB may pass.
type CSV struct {
	*csv.Reader
	source  *budget
	records int
	line    int // Line of the last record.
}

// NewCSV returns a reader of CSV.
func NewCSV(r io.Reader) *CSV {
	source := &budget{r: r}
	return &CSV{Reader: csv.NewReader(source), source: source}
}

// Read reads a record as [csv.Reader.Read] does.
func (c *CSV) Read() ([]string, error) {
	c.source.left = MaxRecord
	record, err := c.Reader.Read()
	switch {
	case errors.Is(err, errBudget):
		return nil, fmt.Errorf("the record after line %d has more than %d bytes", c.line, MaxRecord)
	case err == nil && c.records == MaxRecords:
		return nil, fmt.Errorf("more than %d records", MaxRecords)
	case len(record) > 0:
		c.line, _ = c.FieldPos(0)
	}
	c.records++
	return record, err
}

// ReadAll reads the remaining records.
func (c *CSV) ReadAll() (records [][]string, err error) {
	for {
		record, err := c.Read()
		if err == io.EOF {
			return records, nil
		}
		if err != nil {
			return nil, err
		}
		records = append(records, record)
	}
}

var errBudget = errors.New("over the budget")

// budget reads so many bytes and then fails. What reads it ahead (csv.Reader does, by 4 KiB) has the less left for
// later.
type budget struct {
	r    io.Reader
	left int
}

func (b *budget) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, errBudget
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}
