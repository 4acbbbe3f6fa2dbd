/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * As much of bpftool(8) as a scenario in shell needs to make a map, pin it, and see whether it is still there:
 *   bpftool map create FILE type TYPE key SIZE value SIZE entries COUNT [name NAME]
 *   bpftool map show {id ID | pinned FILE}
 * The words and the form of the answers are bpftool's own (bpftool-map(8)), less flags and sizes.
 */
#include "guest.h"
#include "sys.h"

#include <asm/errno.h>
#include <linux/bpf.h>

static const char *const types[] = { [BPF_MAP_TYPE_HASH] = "hash", [BPF_MAP_TYPE_ARRAY] = "array",
				     [BPF_MAP_TYPE_LRU_HASH] = "lru_hash" };

static int answer(int fd, const char *one, const char *two, int64_t number, const char *rest)
{
	char bytes[400];
	struct text text = TEXT(bytes);

	add_text(&text, one);
	add_text(&text, two);
	if (number >= 0)
		add_number(&text, number);
	add_text(&text, rest);
	add_text(&text, "\n");
	write_all(fd, text.bytes, text.length);
	return fd == 2;
}

static int failed(const char *what, const char *of, word error)
{
	const char *why = error == -ENOENT ? "): No such file or directory" :
			  error == -EPERM  ? "): Operation not permitted" :
			  error == -EEXIST ? "): File exists" :
			  error == -EINVAL ? "): Invalid argument" :
					     NULL;

	if (why)
		return answer(2, what, of, -1, why);
	answer(2, what, of, -1, ")");
	return answer(2, "errno ", "", -error, "");
}

static int64_t number_of(const char *text)
{
	int64_t number = 0;

	for (; *text >= '0' && *text <= '9'; text++)
		number = number * 10 + (*text - '0');
	return *text ? -1 : number;
}

static word bpf(int command, union bpf_attr *attribute)
{
	return sys(__NR_bpf, command, attribute, sizeof(*attribute));
}

static int create(const char *file, int count, char **words)
{
	static union bpf_attr map, pin;
	word fd, pinned;

	for (int i = 0; i + 1 < count; i += 2) {
		int64_t number = number_of(words[i + 1]);

		if (same_text(words[i], "type")) {
			for (size_t type = 0; type < sizeof(types) / sizeof(*types); type++)
				if (types[type] && same_text(types[type], words[i + 1]))
					map.map_type = type;
		} else if (same_text(words[i], "name")) {
			for (size_t at = 0; words[i + 1][at] && at + 1 < sizeof(map.map_name); at++)
				map.map_name[at] = words[i + 1][at];
		} else if (same_text(words[i], "key")) {
			map.key_size = number;
		} else if (same_text(words[i], "value")) {
			map.value_size = number;
		} else if (same_text(words[i], "entries")) {
			map.max_entries = number;
		} else {
			return answer(2, "Error: unknown word ", words[i], -1, "");
		}
	}
	if (!map.map_type)
		return answer(2, "Error: ", "type is none of hash, array, lru_hash", -1, "");
	fd = bpf(BPF_MAP_CREATE, &map);
	if (fd < 0)
		return failed("Error: map create failed (", file, fd);
	pin.pathname = (uintptr_t)file;
	pin.bpf_fd = fd;
	pinned = bpf(BPF_OBJ_PIN, &pin);
	return pinned < 0 ? failed("Error: can't pin the object (", file, pinned) : 0;
}

/* `5: array  name pinned` */
static int show_line(const struct bpf_map_info *info, const char *type)
{
	char bytes[200];
	struct text text = TEXT(bytes);

	add_number(&text, info->id);
	add_text(&text, ": ");
	add_text(&text, type);
	if (info->name[0]) {
		add_text(&text, "  name ");
		add_text(&text, info->name);
	}
	add_text(&text, "\n");
	return write_all(1, text.bytes, text.length) < 0;
}

static int show(const char *kind, const char *what)
{
	static union bpf_attr get, ask;
	static struct bpf_map_info info;
	const char *type;
	word fd, asked;

	if (same_text(kind, "id")) {
		get.map_id = number_of(what);
		fd = bpf(BPF_MAP_GET_FD_BY_ID, &get);
	} else {
		get.pathname = (uintptr_t)what;
		fd = bpf(BPF_OBJ_GET, &get);
	}
	if (fd < 0)
		return failed(same_text(kind, "id") ? "Error: get map by id (" : "Error: bpf obj get (", what, fd);
	ask.info.bpf_fd = fd;
	ask.info.info_len = sizeof(info);
	ask.info.info = (uintptr_t)&info;
	asked = bpf(BPF_OBJ_GET_INFO_BY_FD, &ask);
	if (asked < 0)
		return failed("Error: can't get map info (", what, asked);
	type = info.type < sizeof(types) / sizeof(*types) && types[info.type] ? types[info.type] : "map";
	return show_line(&info, type);
}

int bpftool_main(int argc, char **argv)
{
	if (argc > 4 && same_text(argv[1], "map") && same_text(argv[2], "create"))
		return create(argv[3], argc - 4, argv + 4);
	if (argc == 5 && same_text(argv[1], "map") && same_text(argv[2], "show") &&
	    (same_text(argv[3], "id") || same_text(argv[3], "pinned")))
		return show(argv[3], argv[4]);
	answer(2, "Error: this guest's bpftool knows only: map create FILE type TYPE key SIZE value SIZE entries COUNT, ",
	       "map show {id ID | pinned FILE}", -1, "");
	return 1;
}
