package jinja

import (
	"github.com/retort-go/retort/jinja/internal/value"
)

// arg returns an operand: a register, or a constant if i is negative.
func arg(fn *function, regs []Value, i int32) *Value {
	if i >= 0 {
		return &regs[i]
	}
	return &fn.consts[^i]
}

// run executes instructions until only stop frames are active. An error leaves the frames as they are.
func (vm *vm) run(stop int) (err error) {
	var (
		f    *frame
		fn   *function
		code []instr
		regs []Value
		pc   int
		out  = vm.out
		ok   bool
		v    Value
	)
enter:
	f = vm.frames[vm.depth-1]
	fn, regs, pc = f.fn, f.regs, f.pc
	code = fn.code
	for {
		in := &code[pc]
		pc++
		switch in.op {
		case opNop:
		case opText:
			out = fn.texts[in.c].Append(out)

		case opOut:
			if in.d != 0 {
				out = fn.texts[in.d].Append(out)
			}
			p := arg(fn, regs, in.a)
			switch k := p.Kind(); {
			case k == value.KindStr && in.x == escOn:
				out = value.EscapeString(out, p.AsString())
			case k == value.KindInt && in.x <= escOn:
				out = value.AppendInt(out, p.AsInt())
			case k == value.KindMarkup && in.x <= escOn:
				out = append(out, p.AsString()...)
			case in.x == escPlace && k == value.KindStr:
				out = fn.placeAt(pc-1).appendStr(out, p.AsString())
			case in.x == escPlace && k == value.KindInt && fn.placeAt(pc-1).plain:
				out = value.AppendInt(out, p.AsInt())
			case in.x > escVolatile:
				f.pc, vm.out = pc, out
				if err = vm.printPlace(f, pc-1, *p, in.x); err != nil {
					goto failedSynced
				}
				if out = vm.out; f.fn != fn {
					goto enter
				}
			default:
				if out, err = vm.print(f, out, *p, in.x); err != nil {
					goto failed
				}
			}

		case opOutAttr:
			if in.d != 0 {
				out = fn.texts[in.d].Append(out)
			}
			p := arg(fn, regs, in.a)
			if in.x <= escOn {
				if out, ok = value.AppendField(out, p, fn.attrs[in.b], in.x == escOn); ok {
					continue
				}
			}
			if v, ok = fn.attrs[in.b].Of(p); !ok {
				if v, err = value.GetAttr(&vm.meter, *p, fn.attrs[in.b]); err != nil {
					goto failed
				}
			}
			switch k := v.Kind(); {
			case k == value.KindStr && in.x == escOn:
				out = value.EscapeString(out, v.AsString())
			case k == value.KindInt && in.x <= escOn:
				out = value.AppendInt(out, v.AsInt())
			case in.x == escPlace && k == value.KindStr:
				out = fn.placeAt(pc-1).appendStr(out, v.AsString())
			case in.x == escPlace && k == value.KindInt && fn.placeAt(pc-1).plain:
				out = value.AppendInt(out, v.AsInt())
			case in.x > escVolatile:
				f.pc, vm.out = pc, out
				if err = vm.printPlace(f, pc-1, v, in.x); err != nil {
					goto failedSynced
				}
				if out = vm.out; f.fn != fn {
					goto enter
				}
			default:
				if out, err = vm.print(f, out, v, in.x); err != nil {
					goto failed
				}
			}

		case opPhrases:
			if out, pc, err = vm.phrases(f, out, fn.runs[in.b], int(in.c)); err != nil {
				goto failedSynced
			}
			if pc == otherFrame {
				if vm.depth == stop {
					return nil
				}
				goto enter
			}

		case opOutRaw:
			out = fn.texts[in.d].Append(out)
			if out, err = appendRaw(out, *arg(fn, regs, in.a)); err != nil {
				goto failed
			}

		case opNativeOut:
			vm.pieces = append(vm.pieces, *arg(fn, regs, in.a))
		case opNativeText:
			vm.pieces = append(vm.pieces, value.Str(fn.texts[in.c].S))

		case opMove:
			regs[in.a] = *arg(fn, regs, in.b)
		case opLoad:
			if p := &regs[in.b]; p.Kind() != value.KindMissing {
				regs[in.a] = *p
			} else {
				regs[in.a] = value.Undefined(fn.undefs[in.c], vm.meter.Undefined)
			}
		case opMissing:
			regs[in.a] = Value{}
		case opUpval:
			e := f.outer
			for range in.x - 1 {
				e = e.outer
			}
			v = e.regs[in.c]
			if in.b >= 0 && v.Kind() == value.KindMissing {
				v = value.Undefined(fn.undefs[in.b], vm.meter.Undefined)
			}
			regs[in.a] = v
		case opResolve, opResolveIf:
			id := &fn.idents[in.b]
			v = vm.resolve(f.ctx, id)
			if v.Kind() == value.KindMissing && in.op == opResolve {
				v = value.Undefined(id.undef, vm.meter.Undefined)
			}
			regs[in.a] = v
		case opFresh:
			if regs[in.a], err = vm.fresh(*arg(fn, regs, in.b)); err != nil {
				goto failed
			}
		case opSelf:
			regs[in.a] = f.ctx.selfObject()
		case opSuper:
			f.ctx.held = true
			stack := f.ctx.blocks.stacks[fn.name]
			regs[in.a] = superOf(f.ctx, fn.name, stack, level(stack, fn.origin()))
		case opSuperCall:
			if in.d != 0 {
				out = fn.texts[in.d].Append(out)
			}
			f.pc, vm.out = pc, out
			if ok, err = vm.super(f, in); err != nil {
				goto failedSynced
			}
			out = vm.out
			if ok || f.fn != fn {
				goto enter
			}

		case opAttr:
			p, attr := arg(fn, regs, in.b), fn.attrs[in.c]
			if v, ok = attr.Of(p); !ok {
				if v, err = value.GetAttr(&vm.meter, *p, attr); err != nil {
					goto failed
				}
			}
			regs[in.a] = v
		case opItem:
			if regs[in.a], err = value.GetItem(&vm.meter, *arg(fn, regs, in.b), *arg(fn, regs, in.c)); err != nil {
				goto failed
			}
		case opItemNamed:
			if regs[in.a], err = value.GetItemNamed(&vm.meter, *arg(fn, regs, in.b), fn.attrs[in.c]); err != nil {
				goto failed
			}
		case opSliced:
			if regs[in.a], err = vm.slice(*arg(fn, regs, in.b), regs[in.c:in.c+3]); err != nil {
				goto failed
			}
		case opBinary:
			if regs[in.a], err = binary(&vm.meter, in.x, *arg(fn, regs, in.b), *arg(fn, regs, in.c)); err != nil {
				goto failed
			}
		case opUnary:
			if regs[in.a], err = unary(&vm.meter, in.x, *arg(fn, regs, in.b)); err != nil {
				goto failed
			}
		case opCompare:
			if ok, err = compare(&vm.meter, in.x, arg(fn, regs, in.b), arg(fn, regs, in.c)); err != nil {
				goto failed
			}
			regs[in.a] = value.Bool(ok)
		case opConcat:
			if regs[in.a], err = value.Concat(&vm.meter, f.escapes(in.x), regs[in.b:in.b+in.c]); err != nil {
				goto failed
			}
		case opList, opTuple, opDict:
			if regs[in.a], err = vm.build(in, regs); err != nil {
				goto failed
			}
		case opSlice:
			regs[in.a] = value.NewSlice(regs[in.b], regs[in.b+1], regs[in.b+2])
		case opMarkup:
			if regs[in.a], err = vm.asMarkup(f, *arg(fn, regs, in.b), in.x); err != nil {
				goto failed
			}

		case opReceiver:
			if p := arg(fn, regs, in.a); p.IsUndefined() {
				if _, err = value.GetAttr(&vm.meter, *p, fn.attrs[in.b]); err != nil {
					goto failed
				}
			}
		case opCall, opMethod:
			if in.d != 0 {
				out = fn.texts[in.d].Append(out)
			}
			f.pc, vm.out = pc, out
			if in.op == opMethod {
				ok, err = vm.method(f, in)
			} else {
				ok, err = vm.call(f, in, *arg(fn, regs, in.b))
			}
			if err != nil {
				goto failedSynced
			}
			out = vm.out
			if ok || f.fn != fn {
				goto enter
			}
		case opFilter:
			if in.d != 0 {
				out = fn.texts[in.d].Append(out)
			}
			if s := fn.sites[in.c]; s.quick != nil && in.a < 0 && (in.x <= escOn || in.x == escPlace && fn.placeAt(pc-1).plain) {
				before := len(out)
				if out, ok = s.quick(out, *arg(fn, regs, s.operands[0]), in.x != escOff); ok {
					if err = vm.meter.Spend((len(out)-before)>>4 + 1); err != nil {
						goto failed
					}
					continue
				}
			}
			f.pc, vm.out = pc, out
			if err = vm.filter(f, in); err != nil {
				goto failedSynced
			}
			if out = vm.out; f.fn != fn {
				goto enter
			}
		case opTest:
			f.pc, vm.out = pc, out
			if err = vm.test(f, in); err != nil {
				goto failedSynced
			}
			out = vm.out
		case opDefined:
			regs[in.a] = value.Bool(arg(fn, regs, in.b).IsUndefined() == (in.x == 1))

		case opJump:
			pc = int(in.c)
		case opJumpTrue, opJumpFalse:
			p := arg(fn, regs, in.a)
			if p.Kind() == value.KindBool {
				ok = p.AsBool()
			} else if ok, err = value.Truth(*p); err != nil {
				goto failed
			}
			if ok == (in.op == opJumpTrue) {
				pc = int(in.c)
			}
		case opJumpCompare:
			if ok, err = compare(&vm.meter, in.x, arg(fn, regs, in.a), arg(fn, regs, in.b)); err != nil {
				goto failed
			}
			if !ok {
				pc = int(in.c)
			}
		case opJumpAttr:
			p, attr := arg(fn, regs, in.a), fn.attrs[in.b]
			var truth bool
			if truth, ok = attr.FieldTruth(p); !ok {
				if v, err = value.GetAttr(&vm.meter, *p, attr); err != nil {
					goto failed
				}
				if truth, err = value.Truth(v); err != nil {
					goto failed
				}
			}
			if truth == (in.x != 0) {
				pc = int(in.c)
			}
		case opJumpDefined:
			if regs[in.a].Kind() != value.KindMissing {
				pc = int(in.c)
			}
		case opJumpChild:
			if f.child {
				pc = int(in.c)
			}
		case opParent:
			if f.parent != nil {
				f.pc, vm.out = pc, out
				if err = vm.runParent(f); err != nil {
					goto failedSynced
				}
				goto enter
			}
		case opReturn:
			vm.out = out
			if err = vm.leave(f); err != nil {
				f.pc = pc
				goto failedSynced
			}
			out = vm.out
			if vm.depth == stop {
				return nil
			}
			goto enter
		case opRaise:
			err = value.Errorf(raiseKinds[in.x], "%s", fn.texts[in.a].S)
			goto failed

		case opForInit:
			if err = vm.beginLoop(f, f.loops+int(in.b), *arg(fn, regs, in.a), in.x); err != nil {
				goto failed
			}
		case opForEnter:
			ls := vm.loops[f.loops+int(in.b)]
			if ls.plain && ls.it.Into(&regs[in.a]) {
				ls.index0 = 0
				continue
			}
			f.pc, vm.out = pc, out
			if v, ok, err = ls.next(); err != nil {
				goto failedSynced
			}
			out = vm.out
			if ok {
				regs[in.a] = v
				continue
			}
			vm.endLoop(f.loops + int(in.b))
			pc = int(in.c)
		case opForRows:
			if ls := vm.loops[f.loops+int(in.b)]; ls.plain {
				if out, ok, err = ls.it.AppendRows(&vm.meter, out, &regs[in.a], fn.rows[in.c], vm.maxRow); err != nil {
					goto failed
				}
				if ok {
					ls.it.Drop()
					for code[pc].op != opForNext {
						pc++
					}
					pc++
				}
			}
		case opForNext:
			if in.d != 0 {
				out = fn.texts[in.d].Append(out)
			}
			if err = vm.meter.Spend(int(in.x) + 1); err != nil {
				goto failed
			}
			if vm.maxOut > 0 && len(out) > vm.maxOut {
				err = vm.tooLong()
				goto failed
			}
			ls := vm.loops[f.loops+int(in.b)]
			if ls.plain {
				if ls.it.Into(&regs[in.a]) {
					ls.index0++
					pc = int(in.c)
					continue
				}
				if err = ls.it.Err(); err != nil {
					goto failed
				}
				ls.it.Drop()
				continue
			}
			f.pc, vm.out = pc, out
			if v, ok, err = ls.next(); err != nil {
				goto failedSynced
			}
			out = vm.out
			if ok {
				regs[in.a] = v
				pc = int(in.c)
				continue
			}
			vm.endLoop(f.loops + int(in.b))
		case opForSkip:
			vm.loops[f.loops+int(in.b)].index0--
		case opForEnd:
			vm.endLoop(f.loops + int(in.b))
		case opForFilter:
			ls := vm.loops[f.loops+int(in.b)]
			ls.filter, ls.vm, ls.outer = fn.functions[in.c], vm, vm.environment(f)
		case opYield:
			if vm.yielded, err = value.Truth(*arg(fn, regs, in.b)); err != nil {
				goto failed
			}
			vm.yieldedItem = *arg(fn, regs, in.a)
		case opUnpack:
			if err = vm.unpack(regs, fn.lists[in.b], *arg(fn, regs, in.a)); err != nil {
				goto failed
			}
		case opLoopAttr:
			ls := vm.loops[f.loops+int(in.b)]
			switch in.c {
			case loopIndex:
				regs[in.a] = value.Int(int64(ls.index0 + 1))
				continue
			case loopFirst:
				regs[in.a] = value.Bool(ls.index0 == 0)
				continue
			case loopLast:
				if ls.plain {
					regs[in.a] = value.Bool(ls.last())
					continue
				}
			}
			f.pc, vm.out = pc, out
			if regs[in.a], err = ls.attr(vm, in.c); err != nil {
				goto failedSynced
			}
			out = vm.out
		case opLoopCycle:
			if regs[in.a], err = vm.loops[f.loops+int(in.x)].cycle(regs[in.b : in.b+in.c]); err != nil {
				goto failed
			}
		case opLoopChanged:
			if regs[in.a], err = vm.loops[f.loops+int(in.x)].hasChanged(vm, regs[in.b:in.b+in.c]); err != nil {
				goto failed
			}
		case opLoopObject:
			regs[in.a] = value.FromObject(vm.loops[f.loops+int(in.b)])
		case opLoopSource:
			regs[in.a] = f.source
		case opRecurse:
			if in.d != 0 {
				out = fn.texts[in.d].Append(out)
			}
			f.pc, vm.out = pc, out
			if err = vm.recurse(f, in); err != nil {
				goto failedSynced
			}
			goto enter

		case opCapture:
			if in.d != 0 {
				out = fn.texts[in.d].Append(out)
			}
			f.pc, vm.out = pc, out
			regs[in.a] = vm.capture(f, in)
		case opCaptured:
			if in.d != 0 {
				out = fn.texts[in.d].Append(out)
			}
			f.pc, vm.out = pc, out
			if regs[in.a], err = vm.take(vm.captured(f, regs[in.b]), f.escapes(in.x)); err != nil {
				goto failedSynced
			}
			if out = vm.out; f.fn != fn {
				goto enter
			}
		case opTruncate:
			f.pc, vm.out = pc, out
			vm.drop(vm.captured(f, regs[in.a]))
			if out = vm.out; f.fn != fn {
				goto enter
			}
		case opNamespace:
			if !isNamespace(regs[in.a]) {
				err = value.Errorf(KindRuntime, "cannot assign attribute on non-namespace object")
				goto failed
			}
		case opSetAttr:
			regs[in.a].Object().(*namespace).set(vm, fn.attrs[in.b].Name, *arg(fn, regs, in.c))
		case opExport:
			f.ctx.set(fn.names[in.b], *arg(fn, regs, in.a), in.x)
		case opMacro:
			regs[in.a] = vm.macro(f, fn.functions[in.b])
		case opBlock:
			if in.d != 0 {
				out = fn.texts[in.d].Append(out)
			}
			f.pc, vm.out = pc, out
			if err = vm.block(f, fn.sites[in.c]); err != nil {
				goto failedSynced
			}
			goto enter
		case opExtends:
			if err = vm.extends(f, fn.sites[in.c], *arg(fn, regs, in.a)); err != nil {
				goto failed
			}
		case opInclude:
			if in.d != 0 {
				out = fn.texts[in.d].Append(out)
			}
			f.pc, vm.out = pc, out
			if ok, err = vm.include(f, fn.sites[in.c], *arg(fn, regs, in.a)); err != nil {
				goto failedSynced
			}
			if ok {
				goto enter
			}
		case opImport:
			f.pc, vm.out = pc, out
			if ok, err = vm.importModule(f, fn.sites[in.c], *arg(fn, regs, in.b), in.a); err != nil {
				goto failedSynced
			}
			if ok {
				goto enter
			}
		case opImportName:
			regs[in.a] = importName(regs[in.b], fn.sites[in.c], &vm.meter)
		case opAutoescape:
			if ok, err = value.Truth(*arg(fn, regs, in.b)); err != nil {
				goto failed
			}
			regs[in.a] = value.Bool(f.ctx.eval.autoescape)
			f.ctx.eval.autoescape = ok
		case opRestore:
			f.ctx.eval.autoescape = regs[in.a].AsBool()
		case opDebug:
			if regs[in.a], err = vm.debugText(f); err != nil {
				goto failed
			}
		case opFinalize:
			f.pc, vm.out = pc, out
			if regs[in.a], err = vm.env.cfg.Finalize(value.Expose(&vm.meter, *arg(fn, regs, in.b))); err != nil {
				goto failedSynced
			}
			out = vm.out
		}
	}
failed:
	f.pc, vm.out = pc, out
failedSynced:
	return vm.fail(err)
}

// print appends what {{ v }} prints in the given escape mode.
func (vm *vm) print(f *frame, out []byte, v Value, mode uint8) ([]byte, error) {
	if f.escapes(mode) {
		return value.AppendEscaped(&vm.meter, out, v)
	}
	return value.AppendStr(&vm.meter, out, v)
}

// escapes reports whether values are escaped in the given mode.
func (f *frame) escapes(mode uint8) bool {
	switch mode {
	case escOff:
		return false
	case escVolatile, escPlaceVolatile, escTrackedVolatile:
		return f.ctx.eval.autoescape
	}
	return true
}

// appendRaw prints the result of a filter block, which Jinja neither escapes nor converts.
func appendRaw(out []byte, v Value) ([]byte, error) {
	if !v.IsString() {
		return out, value.Errorf("TypeError", "sequence item 0: expected str instance, %s found", value.TypeName(v))
	}
	return append(out, v.AsString()...), nil
}

// Comparison and arithmetic, in the order of the syntax package's operators.
var compareOps = [...]value.Op{value.OpEq, value.OpNe, value.OpGt, value.OpGe, value.OpLt, value.OpLe}

func compare(m *Meter, x uint8, a, b *Value) (bool, error) {
	if a.Kind() == value.KindInt && b.Kind() == value.KindInt {
		if holds, ok := compareInts(x, a.AsInt(), b.AsInt()); ok {
			return holds, nil
		}
	}
	switch x {
	case cmpIn:
		return value.In(m, *a, *b)
	case cmpNotIn:
		in, err := value.In(m, *a, *b)
		return !in, err
	}
	return value.Compare(m, compareOps[x], *a, *b)
}

// compareInts compares two ints; false if x is no comparison of these.
func compareInts(x uint8, i, j int64) (holds, ok bool) {
	switch x {
	case cmpEq:
		return i == j, true
	case cmpNe:
		return i != j, true
	case cmpGt:
		return i > j, true
	case cmpGtEq:
		return i >= j, true
	case cmpLt:
		return i < j, true
	case cmpLtEq:
		return i <= j, true
	}
	return false, false
}

func binary(m *Meter, x uint8, a, b Value) (Value, error) {
	switch x {
	case binAdd:
		return value.Add(m, a, b)
	case binSub:
		return value.Sub(m, a, b)
	case binMul:
		return value.Mul(m, a, b)
	case binDiv:
		return value.Div(m, a, b)
	case binFloorDiv:
		return value.FloorDiv(m, a, b)
	case binMod:
		return value.Mod(m, a, b)
	}
	return value.Pow(m, a, b)
}

func unary(m *Meter, x uint8, v Value) (Value, error) {
	switch x {
	case unaryNot:
		t, err := value.Truth(v)
		return value.Bool(!t), err
	case unaryNeg:
		return value.Neg(m, v)
	}
	return value.Pos(m, v)
}
