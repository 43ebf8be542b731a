package ioc

import (
	"unicode"
	"unicode/utf8"
)

// Reports are written in many languages. Words of English, and of languages
// that can do with its letters, are in the tables of the vocabulary; these are
// the rest. Endings change, so each is the stem of a word, and may stand within
// one: some scripts have no blanks between words.

// A foreign word is what a stem speaks of.
type foreign uint8

const (
	foreignHost    = foreign(cueHost)
	foreignFile    = foreign(cueFile)
	foreignVersion = foreign(cueFile + 1)
)

type foreignStem struct {
	head string // letters of ASCII it begins with
	tail string // the rest, without the letter it is found by
	is   foreign
}

// foreignStems holds the stems by their first letter beyond ASCII, small and
// capital.
var foreignStems = func() map[rune][]foreignStem {
	stems := map[rune][]foreignStem{}
	for is, words := range map[foreign][]string{
		foreignHost: {
			"domäne", "doména", "domén", "domíni", "домен", "хост", "сервер", "сайт", "域名", "主机", "主機", "服务器", "伺服器", "网址", "網址", "网站", "網站",
			"ドメイン", "サーバ", "ホスト", "サイト", "通信先", "接続先", "도메인", "서버", "호스트", "사이트", "نطاق", "دامنه", "خادم", "miền", "hôte", "δομ",
		},
		foreignFile: {
			"файл", "вложен", "вкладен", "архив", "архів", "хеш", "хэш", "геш", "文件", "檔案", "附件", "样本", "樣本", "哈希", "ファイル", "検体", "添付", "ハッシュ",
			"파일", "첨부", "해시", "샘플", "anhänge", "plików", "příloh", "ملف", "فایل", "tệp", "αρχεί",
		},
		foreignVersion: {"верси", "версі", "версій", "版本", "バージョン", "버전", "versió", "versão", "versõ", "sürüm", "phiên bản", "έκδοσ", "الإصدار"},
	} {
		for _, w := range words {
			for i, r := range w {
				if r < utf8.RuneSelf {
					continue
				}
				stem := foreignStem{w[:i], w[i+utf8.RuneLen(r):], is}
				stems[r] = append(stems[r], stem)
				for c := unicode.SimpleFold(r); c != r; c = unicode.SimpleFold(c) {
					if unicode.ToLower(c) == r {
						stems[c] = append(stems[c], stem)
					}
				}
				break
			}
		}
	}
	return stems
}()

// foreignFirst has a bit for the low twelve of each first letter: most letters
// begin no stem, and a look-up takes longer than this.
var foreignFirst = func() (bits [1 << 6]uint64) {
	for r := range foreignStems {
		bits[r>>6&63] |= 1 << (r & 63)
	}
	return bits
}()

// foreignAt tells which stem has its first letter beyond ASCII at p, not
// reading beyond end; 0 if none. It returns the length of that letter, too.
func foreignAt(b []byte, p, end int) (is foreign, size int) {
	r, size := decodeRune(b[p:end])
	if foreignFirst[r>>6&63]>>(r&63)&1 == 0 {
		return 0, size
	}
	for _, stem := range foreignStems[r] {
		if p < len(stem.head) || !foldEqual(b[p-len(stem.head):p], stem.head) {
			continue
		}
		q := p + size
		found := true
		for _, want := range stem.tail {
			got, n := utf8.DecodeRune(b[q:end])
			if unicode.ToLower(got) != want {
				found = false
				break
			}
			q += n
		}
		if found {
			return stem.is, size
		}
	}
	return 0, size
}

// foreignIn calls f with each stem in b.
func foreignIn(b []byte, f func(foreign)) {
	for p := 0; p < len(b); {
		if b[p] < utf8.RuneSelf {
			p++
			continue
		}
		is, n := foreignAt(b, p, len(b))
		if is != 0 {
			f(is)
		}
		p += n
	}
}

// A foreignMemo is the stem read last. Text is read for them once, in order,
// however many candidates stand behind it.
type foreignMemo struct {
	upto int
	is   foreign
	at   int
}

// foreignBefore finds the nearest stem before p on its line, at most 64 bytes
// away.
func (s *scanner) foreignBefore(l line, p int) foreign {
	low := max(l.start, p-64)
	m := &s.foreign
	if m.upto < low || m.upto > p {
		*m = foreignMemo{upto: low}
		for m.upto < p && s.b[m.upto]>>6 == 2 {
			m.upto++ // within a letter
		}
	}
	for m.upto < p {
		if s.b[m.upto] < utf8.RuneSelf {
			m.upto++
			continue
		}
		is, n := foreignAt(s.b, m.upto, p)
		if is != 0 {
			m.is, m.at = is, m.upto
		}
		m.upto += n
	}
	if m.is == 0 || m.at < low {
		return 0
	}
	return m.is
}
