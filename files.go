package retort

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// openFiles sets Templates and Static to the folders of Files, unless they are set.
func (c *Config) openFiles() error {
	if c.Files == nil {
		return nil
	}
	templates, err := c.folder("templates")
	if err != nil {
		return err
	}
	static, err := c.folder("static")
	if err != nil {
		return err
	}
	if templates == nil && static == nil {
		return errors.New("config: Files holds neither a folder templates nor one called static")
	}
	if c.Templates == nil {
		c.Templates = templates
	}
	if c.Static == nil {
		c.Static = static
	}
	return nil
}

// folder opens a folder of Files, nil if there is none. In development it is the
// one on disk, if the program runs where that is.
func (c *Config) folder(name string) (fs.FS, error) {
	info, err := fs.Stat(c.Files, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("config: Files: %w", err)
	case !info.IsDir():
		return nil, fmt.Errorf("config: Files: %s is no folder", name)
	}
	if c.Debug {
		if info, err := os.Stat(name); err == nil && info.IsDir() {
			return Dir(name)
		}
	}
	return fs.Sub(c.Files, name)
}
