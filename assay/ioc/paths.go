package ioc

import "bytes"

// windowsDrive reads a path that begins with a drive letter.
func (s *scanner) windowsDrive(p, e int) int {
	if !s.wants(1<<kWindowsPath) || e-p != 1 || s.at(e) != ':' || s.at(e+1) != '\\' && s.at(e+1) != '/' || s.at(e+1) == '/' && s.at(e+2) == '/' {
		return 0
	}
	return s.pathFrom(kWindowsPath, p, e+1)
}

// windowsPath reads a path that begins with a variable ("%APPDATA%\x") or a
// share ("\\host\x").
func (s *scanner) windowsPath(p int) int {
	if !s.wants(1 << kWindowsPath) {
		return 0
	}
	q := p + 1
	if s.b[p] == '%' {
		for q < p+40 && (is(s.at(q), cLabel) || s.at(q) == '(' || s.at(q) == ')') {
			q++
		}
		if q == p+1 || s.at(q) != '%' || s.at(q+1) != '\\' {
			return 0
		}
		return s.pathFrom(kWindowsPath, p, q+1)
	}
	if s.at(p+1) != '\\' || s.at(p-1) == '\\' || !is(s.at(p+2), cAlnum) {
		return 0
	}
	for q = p + 2; is(s.at(q), cToken); q++ {
	}
	if s.at(q) != '\\' {
		return 0
	}
	return s.pathFrom(kWindowsPath, p, q)
}

// registry reads a key: "HKLM\Software\…", "HKCU:\…", "HKEY_USERS\…".
func (s *scanner) registry(p, e int) int {
	if !s.wants(1<<kRegistry) || s.b[p]|0x20 != 'h' || s.at(p+1)|0x20 != 'k' {
		return 0
	}
	for s.at(e) == '_' || is(s.at(e), cAlnum) {
		e++
	}
	root := ""
	switch string(bytes.ToUpper(s.b[p:min(e, p+24)])) {
	case "HKLM", "HKEY_LOCAL_MACHINE":
		root = "HKEY_LOCAL_MACHINE"
	case "HKCU", "HKEY_CURRENT_USER":
		root = "HKEY_CURRENT_USER"
	case "HKU", "HKEY_USERS":
		root = "HKEY_USERS"
	case "HKCR", "HKEY_CLASSES_ROOT":
		root = "HKEY_CLASSES_ROOT"
	case "HKCC", "HKEY_CURRENT_CONFIG":
		root = "HKEY_CURRENT_CONFIG"
	default:
		return 0
	}
	q := e
	if s.at(q) == ':' {
		q++
	}
	if s.at(q) != '\\' {
		return 0
	}
	end := s.pathEnd(p, q, '\\')
	val := len(s.arena)
	s.arena = append(s.arena, root...)
	s.appendPath(q, end)
	s.takeArena(kRegistry, p, end, val, byRoot)
	return end
}

// unixPath reads a path under one of the usual roots.
func (s *scanner) unixPath(p int) int {
	if !s.wants(1 << kUnixPath) {
		return 0
	}
	q := p + 1
	if s.b[p] == '~' {
		if s.at(q) != '/' || !is(s.at(q+1), cToken) || s.at(p-1) == '~' {
			return 0
		}
	} else {
		if c := s.at(p - 1); c == '/' || c == '.' || c == ':' || c == '<' || c == ')' || c == '%' || c == '-' || c == '_' || c == '~' && s.at(p-2) != '~' || c >= 0x80 && s.letterBefore(p) {
			return 0
		}
		for is(s.at(q), cAlnum) && q < p+16 {
			q++
		}
		switch s.text[p+1 : q] {
		case "etc", "tmp", "var", "usr", "home", "opt", "bin", "sbin", "dev", "root", "proc", "lib", "lib64", "srv", "mnt", "media", "run",
			"boot", "sys", "data", "system", "sdcard", "Users", "Library", "Applications", "System", "private", "Volumes", "storage":
		default:
			return 0
		}
		if s.at(q) != '/' {
			return 0
		}
	}
	return s.pathFrom(kUnixPath, p, q)
}

// letterBefore reports whether a letter beyond ASCII, of a script that has
// blanks, ends before p.
func (s *scanner) letterBefore(p int) bool {
	r, _ := s.runeBefore(p)
	return isWideLabel(r) && !isUnspaced(r)
}

// pathFrom reads a path whose first separator is at sep, and records it.
func (s *scanner) pathFrom(k kind, p, sep int) int {
	end := s.pathEnd(p, sep, s.b[sep])
	if end <= sep+1 {
		return 0
	}
	val := len(s.arena)
	if k == kUnixPath {
		s.take(k, p, end, byRoot)
		return end
	}
	s.arena = append(s.arena, s.b[p:sep]...)
	s.appendPath(sep, end)
	s.takeArena(k, p, end, val, byRoot)
	return end
}

// appendPath copies a path to the arena; backslashes that are written twice,
// as in JSON, count once.
func (s *scanner) appendPath(start, end int) {
	for p := start; p < end; p++ {
		s.arena = append(s.arena, s.b[p])
		if s.b[p] == '\\' && s.at(p+1) == '\\' {
			p++
		}
	}
}

// pathEnd finds the end of a path. In quotes it is the other quote; elsewhere
// a blank belongs to the path only if a separator or an extension follows.
func (s *scanner) pathEnd(start, p int, sep byte) int {
	_, line := s.lineBounds(start)
	quote := s.at(start - 1)
	if quote == '"' || quote == '`' || quote == '\'' {
		if i := bytes.IndexByte(s.b[p:line], quote); i > 0 && i < 260 {
			return s.trimPath(p, p+i)
		}
	}
	for ; p < line; p++ {
		c := s.b[p]
		if c >= 0x80 {
			r, n := s.runeAt(p)
			if !isWideLabel(r) || isUnspaced(r) && s.extensionEnds(p) {
				break
			}
			p += n - 1
			continue
		}
		if c == '\\' && s.extensionEnds(p) {
			break // "evil.exe\n" or, in a string, \"evil.exe\"
		}
		if is(c, cToken) || c == sep {
			continue
		}
		if c == '&' && s.entityAt(p) || c == ']' && s.at(p+1) == '(' || c == '[' && s.extensionEnds(p) {
			break
		}
		switch c {
		case '%', '$', '{', '}', '(', ')', '+', '#', '~', '@', '!', '=', '&', '[', ']', ':', '\'', '^':
			if sep == '/' && (c == ')' || c == ']' || c == '}' || c == '\'') {
				return s.trimPath(start, p)
			}
			if c == ':' && sep == '\\' {
				return s.trimPath(start, p)
			}
			continue
		case ' ':
			if sep == '\\' && s.pathGoesOn(p+1, line) {
				continue
			}
		}
		break
	}
	return s.trimPath(start, p)
}

// extensionEnds reports whether the extension of a file ends at p.
func (s *scanner) extensionEnds(p int) bool {
	start := p
	for start > 0 && p-start < 6 && is(s.b[start-1], cAlnum) {
		start--
	}
	return s.at(start-1) == '.' && extensions.find(s.b[start:p]) != 0
}

// entityAt reports whether a character reference stands at p: "&quot;".
func (s *scanner) entityAt(p int) bool {
	q := p + 1
	for q < p+8 && (is(s.at(q), cAlnum) || s.at(q) == '#') {
		q++
	}
	return q > p+2 && s.at(q) == ';'
}

// pathGoesOn reports whether the words from p on are the rest of a name with
// blanks in a path: they run into a separator or an extension.
func (s *scanner) pathGoesOn(p, line int) bool {
	for q := p; q < min(line, p+48); q++ {
		switch c := s.b[q]; {
		case c == '\\':
			return q > p && s.at(q-2) != ':' && is(s.b[q-1], cAlnum) || s.at(q-1) == ')'
		case c == '.':
			e := q + 1
			for is(s.at(e), cAlnum) {
				e++
			}
			if extensions.find(s.b[q+1:e]) != 0 && !is(s.at(e), cToken) {
				return true
			}
			if !is(s.at(q+1), cAlnum) {
				return false
			}
		case !is(c, cLabel) && c != ' ' && c != '(' && c != ')' && c != '&':
			return false
		}
	}
	return false
}

// trimPath takes back the punctuation of the sentence.
func (s *scanner) trimPath(start, end int) int {
	for end > start {
		switch s.b[end-1] {
		case '.', ',', ':', ';', ')', ']', '}', '\'', '!', ' ', '+', '=', '*', '~', '\\':
			if c := s.b[end-1]; (c == ')' || c == '}' || c == ']') && bytes.IndexByte(s.b[start:end], c-1-c>>6&1) >= 0 {
				return end
			}
			end--
			continue
		}
		return end
	}
	return end
}

// extensions are those of files that reports name.
var extensions = newWordTable(wordList(map[uint8]string{1: `exe dll sys scr cpl ocx drv msi msp mst com pif bat cmd ps1 psm1 psd1 vbs vbe js
	jse wsf wsh hta sct lnk url inf reg chm hlp jar class war apk ipa dex so dylib elf bin app pkg dmg deb rpm sh bash zsh py pyc pyw
	pl pm rb php php5 asp aspx jsp jspx cgi cfm doc docx docm dot dotm dotx xls xlsx xlsm xlsb xll xlam xlt ppt pptx pptm ppsx pps rtf
	pdf odt ods one onepkg pub mht mhtml html htm svg xml json yml yaml ini cfg conf config dat data db sqlite log txt csv tmp temp
	bak old zip rar 7z gz tgz tar bz2 xz cab iso img vhd vhdx ace arj lzh z eml msg pst ost ics vcf jpg jpeg png gif bmp ico tif tiff
	webp mp3 mp4 avi mov wav swf flv key pem cer crt pfx p12 asc sig md rs go c cpp h cs java kt swift ts tsx vue sql lua au3 ahk
	nsi pdb map aes enc locked crypt evtx etl pcap pcapng yar yara hsnx sfx torrent wll xpi crx inc cat rom efi vmdk ova plist
	xxe uue`}))

// fileName takes a token as the name of a file if its extension is one.
func (s *scanner) fileName(n *name) {
	if c := s.at(n.start - 1); c == '/' || c == '\\' || c == '@' || c == '$' || c == '#' || s.at(n.end) == '(' {
		return
	}
	if c := s.at(n.end); c == '\\' && !s.escapedEnd(n.end) || c == '/' && is(s.at(n.end+1), cAlnum) {
		return
	}
	if extensions.find(s.b[n.dot+1:n.end]) == 0 {
		return
	}
	start, why := n.start, byExtension
	if q := s.at(n.end); q == '`' || q == '"' {
		line, _ := s.lineBounds(n.start)
		low := max(line, n.start-160)
		if i := bytes.LastIndexByte(s.b[low:n.start], q); i >= 0 && s.isOpening(low+i, q) {
			if bytes.IndexByte(s.b[low+i+1:n.start], '\\') >= 0 {
				return // the end of a path
			}
			if !bytes.ContainsAny(s.b[low+i+1:n.start], "/|:<>") {
				start, why = low+i+1, byQuote
			}
		}
	}
	if start <= s.floor && s.floor > 0 && start < n.start {
		start = n.start
	}
	s.take(kFile, start, n.end, why)
}

// escapedEnd reports whether the backslash at p escapes a quote or the end of a
// line, which nothing of a path follows.
func (s *scanner) escapedEnd(p int) bool {
	switch s.at(p + 1) {
	case '"', '\'':
		return true
	case 'n', 'r', 't':
		return !is(s.at(p+2), cToken)
	}
	return false
}

// isOpening reports whether the quote at p opens and does not close.
func (s *scanner) isOpening(p int, quote byte) bool {
	return !is(s.at(p-1), cAlnum) && s.at(p+1) != ' ' && s.at(p+1) != ',' && s.at(p+1) != quote
}

// packageName takes a token as the name of a package: a top-level domain, then
// an owner, then names, all in lower case. It reports whether it is one.
func (s *scanner) packageName(n *name) bool {
	if n.labels < 3 || n.upper || n.double || headWords.find(s.b[n.start:n.first])&(headPackage|headCountry) == 0 {
		return false
	}
	if c := s.at(n.start - 1); c == '/' || c == '\\' || c == '@' || s.at(n.end) == '(' || s.at(n.end) == '/' {
		return false
	}
	label := n.start
	for p := n.start; p <= n.end; p++ {
		if p < n.end && s.b[p] != '.' {
			continue
		}
		if !is(s.b[label], cAlpha) || bytes.IndexByte(s.b[label:p], '-') >= 0 {
			return false
		}
		label = p + 1
	}
	s.take(kPackage, n.start, n.end, byShape)
	return true
}
