-- What the report's own divs and spans mean in each format. Runs under quarto and under pandoc alike.

-- The organisation's name: in Word it stands above the status; HTML and Typst have it from their templates.
local function organisation()
  local file = io.open("theme/organisation.yml")
  if not file then return "" end
  local text = file:read("a")
  file:close()
  local name = pandoc.read("---\n" .. text .. "\n---\n", "markdown").meta.name
  return name and pandoc.utils.stringify(name) or ""
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

-- What folds out on a screen. Figures behind a chart (`behind`) are for screens only; an exact rule or the
-- like (`detail`) stands in full on paper, under its summary.
local function folded(div)
  local summary = div.attributes.summary or "More"
  if FORMAT:match("html") then
    local class = is(div, "behind") and "behind" or "detail"
    local opening = '<details class="' .. class .. '"><summary>' .. summary .. "</summary>"
    return wrapped(opening, div.content, "</details>")
  end
  if is(div, "behind") then return {} end
  if FORMAT:match("typst") then
    local lead = { pandoc.Para({ pandoc.Strong({ pandoc.Str(summary .. ".") }) }) }
    return typst_call("detail", pandoc.Blocks(lead) .. div.content)
  end
  local lead = pandoc.Para({ pandoc.Strong({ pandoc.Str(summary .. ".") }) })
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
  local name = organisation()
  if name == "" then return nil end
  document.blocks:insert(1, word_style({ pandoc.Para({ pandoc.Str(name) }) }, "Status"))
  return document
end

return { { Pandoc = whole }, { Meta = read_metadata }, { Div = divs, Span = spans } }
