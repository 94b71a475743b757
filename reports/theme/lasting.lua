-- What the report's own divs and spans mean in each format. Runs under quarto and under pandoc alike.

-- The organisation's name and logo: in Word they stand above the status; HTML and Typst have them from their
-- templates.
local function organisation()
  local file = io.open("theme/organisation.yml")
  if not file then return "", "" end
  local text = file:read("a")
  file:close()
  local meta = pandoc.read("---\n" .. text .. "\n---\n", "markdown").meta
  local function said(key) return meta[key] and pandoc.utils.stringify(meta[key]) or "" end
  return said("name"), said("logo")
end

local engine = "an unnamed engine"

local function is(element, class)
  return element.classes:includes(class)
end

local function typst_call(name, blocks)
  local out = pandoc.Blocks({ pandoc.RawBlock("typst", "#" .. name .. "[") })
  out:extend(blocks)
  out:insert(pandoc.RawBlock("typst", "]"))
  return out
end

local function word_style(blocks, style)
  return pandoc.Div(blocks, pandoc.Attr("", {}, { ["custom-style"] = style }))
end

-- Four tiles: a grid in Typst; in Word a question, an answer and a detail one under the other.
local function answers(div)
  if FORMAT:match("typst") then
    local out = pandoc.Blocks({ pandoc.RawBlock("typst", "#answers(") })
    for _, tile in ipairs(div.content) do
      out:insert(pandoc.RawBlock("typst", "["))
      out:extend(tile.content)
      out:insert(pandoc.RawBlock("typst", "],"))
    end
    out:insert(pandoc.RawBlock("typst", ")"))
    return out
  end
  if FORMAT:match("docx") then
    local out = pandoc.Blocks({})
    for _, tile in ipairs(div.content) do
      local line = pandoc.Inlines({})
      for place, block in ipairs(tile.content) do
        if place > 1 then line:extend({ pandoc.Str("  "), pandoc.Space() }) end
        line:extend(block.content)
      end
      out:insert(word_style({ pandoc.Para(line) }, "Answer"))
    end
    return out
  end
end

local function wrapped(before, blocks, after)
  local out = pandoc.Blocks({ pandoc.RawBlock("html", before) })
  out:extend(blocks)
  out:insert(pandoc.RawBlock("html", after))
  return out
end

-- Figures are set right by the stylesheet, and not cell by cell, which would take a third of a long table's
-- bytes: only columns of words, but for the first, keep an alignment of their own.
local function plainly_aligned(blocks)
  return pandoc.Blocks(blocks):walk({
    Table = function(grid)
      for place, column in ipairs(grid.colspecs) do
        local is_first_words = place == 1 and column[1] == "AlignLeft"
        if column[1] == "AlignRight" or is_first_words then column[1] = "AlignDefault" end
        grid.colspecs[place] = column
      end
      return grid
    end,
  })
end

-- What folds out on a screen. Figures behind a chart (`behind`) are for screens only; an exact rule or the
-- like (`detail`) stands in full on paper, under its summary.
local function folded(div)
  local summary = div.attributes.summary or "More"
  if FORMAT:match("html") then
    local class = is(div, "behind") and "behind" or "detail"
    local opening = '<details class="' .. class .. '"><summary>' .. summary .. "</summary>"
    local content = is(div, "behind") and plainly_aligned(div.content) or div.content
    return wrapped(opening, content, "</details>")
  end
  if is(div, "behind") then return {} end
  if FORMAT:match("typst") then
    local lead = { pandoc.Para({ pandoc.Strong({ pandoc.Str(summary .. ".") }) }) }
    return typst_call("detail", pandoc.Blocks(lead) .. div.content)
  end
  -- Word keeps a paragraph of this style with what comes after it.
  local lead = word_style({ pandoc.Para({ pandoc.Strong({ pandoc.Str(summary .. ".") }) }) }, "Compact")
  local out = pandoc.Blocks({ lead })
  out:extend(div.content)
  return out
end

local function read_metadata(meta)
  if meta.engine then engine = pandoc.utils.stringify(meta.engine) end
end

local function divs(div)
  if is(div, "answers") then return answers(div) end
  if is(div, "behind") or is(div, "detail") then return folded(div) end
  if is(div, "scroll") and not FORMAT:match("html") then return div.content end
  if FORMAT:match("typst") and is(div, "brief") then return typst_call("brief", div.content) end
  if FORMAT:match("typst") and is(div, "status") then return typst_call("status", div.content) end
  if FORMAT:match("docx") and is(div, "brief") then return word_style(div.content, "Brief") end
  if FORMAT:match("docx") and is(div, "status") then return word_style(div.content, "Status") end
end

local function spans(span)
  if is(span, "engine") then return pandoc.Str(engine) end
  if is(span, "chip") then
    if FORMAT:match("typst") then
      local out = pandoc.Inlines({ pandoc.RawInline("typst", "#chip[") })
      out:extend(span.content)
      out:insert(pandoc.RawInline("typst", "]"))
      return out
    end
    if FORMAT:match("docx") then
      local out = pandoc.Inlines(span.content)
      out:extend({ pandoc.Str(".") })
      return out
    end
  end
end

local function whole(document)
  if not FORMAT:match("docx") then return nil end
  local name, logo = organisation()
  if name == "" and logo == "" then return nil end
  local head = pandoc.Blocks({})
  if logo ~= "" then
    local alt = pandoc.Str(name ~= "" and "Logo of " .. name or "Logo")
    head:insert(pandoc.Para({ pandoc.Image({ alt }, "theme/" .. logo, "", { height = "0.35in" }) }))
  end
  if name ~= "" then head:insert(pandoc.Para({ pandoc.Str(name) })) end
  document.blocks:insert(1, word_style(head, "Status"))
  return document
end

return { { Pandoc = whole }, { Meta = read_metadata }, { Div = divs, Span = spans } }
