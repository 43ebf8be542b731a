package retort

import "encoding/json"

// flashKey is where messages wait in the session, under Flask's name.
const flashKey = "_flashes"

// A Flash is a message for the next page the visitor sees.
type Flash struct {
	Category string
	Message  string
}

// MarshalJSON writes the pair of category and message that Flask stores.
func (f Flash) MarshalJSON() ([]byte, error) {
	return json.Marshal([2]string{f.Category, f.Message})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (f *Flash) UnmarshalJSON(data []byte) error {
	var pair [2]string
	if err := json.Unmarshal(data, &pair); err != nil {
		return err
	}
	f.Category, f.Message = pair[0], pair[1]
	return nil
}

// Flashed tells the receivers of [App.MessageFlashed] what was flashed.
type Flashed struct {
	Ctx *Ctx
	Flash
}

// Flash leaves a message for the next page, in the category "message".
func (c *Ctx) Flash(message string) error { return c.FlashAs("message", message) }

// FlashAs leaves a message in a category of its own, such as "error".
func (c *Ctx) FlashAs(category, message string) error {
	s := c.Session()
	var waiting []Flash
	if _, err := s.Decode(flashKey, &waiting); err != nil {
		waiting = nil
	}
	f := Flash{category, message}
	if err := s.Set(flashKey, append(waiting, f)); err != nil {
		return err
	}
	c.App.MessageFlashed.Send(Flashed{c, f})
	return nil
}

// Flashes takes the waiting messages out of the session. Asked again during the
// same request it gives the same ones, so that a page and what it includes see
// alike.
func (c *Ctx) Flashes() []Flash {
	if !c.popped {
		c.popped = true
		if _, err := c.Session().Pop(flashKey, &c.flashes); err != nil {
			c.flashes = nil
		}
	}
	return c.flashes
}
