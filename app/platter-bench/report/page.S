// SPDX-License-Identifier: BSD-3-Clause
// The parts of the page, each ended by a NUL, inside the program. meson.build says where they are.
	.section .rodata

	.globl page_template
page_template:
	.incbin PAGE_TEMPLATE
	.byte 0

	.globl page_style
page_style:
	.incbin PAGE_STYLE
	.byte 0

	.globl page_script
page_script:
	.incbin PAGE_SCRIPT
	.byte 0

	.globl page_library
page_library:
	.incbin PAGE_LIBRARY
	.byte 0

	.section .note.GNU-stack, "", %progbits
