package main

import (
	"slices"
	"sync"

	"github.com/retort-go/retort"
	"github.com/retort-go/retort/api"
)

// A Task is something to do.
type Task struct {
	ID    int    `json:"id"`
	Title string `json:"title"`
	Done  bool   `json:"done"`

	owner string
}

// taskList holds everybody's tasks, in memory.
type taskList struct {
	mu    sync.Mutex
	last  int
	tasks []Task
}

// NewTask is what a task is made of.
type NewTask struct {
	Title string `json:"title" required:"true" minLength:"1" maxLength:"200"`
}

func (t *taskList) create(c *retort.Ctx, in NewTask) (Task, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last++
	task := Task{ID: t.last, Title: in.Title, owner: caller.Get(c)}
	t.tasks = append(t.tasks, task)
	return task, nil
}

// Filter says which tasks to list.
type Filter struct {
	State string `query:"state" enum:"open,done" doc:"Leave it out for all."`
}

func (t *taskList) list(c *retort.Ctx, in Filter) ([]Task, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	found := []Task{} // [] in JSON, not null
	for _, task := range t.tasks {
		if task.owner == caller.Get(c) && (in.State == "" || task.Done == (in.State == "done")) {
			found = append(found, task)
		}
	}
	return found, nil
}

// TaskID names a task.
type TaskID struct {
	ID int `path:"id"`
}

func (t *taskList) show(c *retort.Ctx, in TaskID) (Task, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	i, err := t.find(c, in.ID)
	if err != nil {
		return Task{}, err
	}
	return t.tasks[i], nil
}

// Change is what to change of a task; what is left out stays.
type Change struct {
	ID    int     `path:"id"`
	Title *string `json:"title,omitempty"`
	Done  *bool   `json:"done,omitempty"`
}

// Validate checks what tags cannot say.
func (in *Change) Validate() error {
	var invalid api.Invalid
	if in.Title != nil && (*in.Title == "" || len(*in.Title) > 200) {
		invalid.Add("title", "must have 1 to 200 bytes")
	}
	return invalid.Err()
}

func (t *taskList) change(c *retort.Ctx, in Change) (Task, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	i, err := t.find(c, in.ID)
	if err != nil {
		return Task{}, err
	}
	task := &t.tasks[i]
	if in.Title != nil {
		task.Title = *in.Title
	}
	if in.Done != nil {
		task.Done = *in.Done
	}
	return *task, nil
}

func (t *taskList) remove(c *retort.Ctx, in TaskID) (api.None, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	i, err := t.find(c, in.ID)
	if err != nil {
		return api.None{}, err
	}
	t.tasks = slices.Delete(t.tasks, i, i+1)
	return api.None{}, nil
}

// find is the place of one of the caller's tasks. Somebody else's is not there
// for him, not even as forbidden.
func (t *taskList) find(c *retort.Ctx, id int) (int, error) {
	i := slices.IndexFunc(t.tasks, func(task Task) bool { return task.ID == id && task.owner == caller.Get(c) })
	if i < 0 {
		return 0, retort.Errorf(404, "There is no task %d.", id)
	}
	return i, nil
}
