-- The idioms of Quarto that report.qmd uses, for pandoc alone: numbered figures and tables, references to
-- them, alternative text in `fig-alt`, and content that is only for some formats.

local names = { fig = "Figure", tbl = "Table" }
local counts = { fig = 0, tbl = 0 }
local numbers = {}

local function kind_of(id)
  local kind = id:match("^(%a+)%-")
  return names[kind] and kind or nil
end

-- First: which figure has which number, in the order of the document.
local function count(div)
  local kind = kind_of(div.identifier)
  if kind then
    counts[kind] = counts[kind] + 1
    numbers[div.identifier] = counts[kind]
  end
end

local function quoted(text)
  return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"') .. '"'
end

-- As wide as the text, but never taller than a page of Word with room for a caption.
local text_width, tallest = 16.2, 21.5
local function fit(image)
  local file = io.open(image.src, "rb")
  local size = file and pandoc.image.size(file:read("a"))
  if file then file:close() end
  if size and text_width * size.height / size.width > tallest then
    image.attributes["height"] = tallest .. "cm"
  else
    image.attributes["width"] = "100%"
  end
end

-- Pandoc's Typst writer leaves the alternative text out, so the image is written whole for it.
local function with_alt(image)
  local alt = image.attributes["fig-alt"]
  if not alt then return nil end
  local icon = image.classes:includes("icon")
  if FORMAT:match("typst") and icon then
    local call = "#icon(" .. quoted(image.src) .. ", " .. quoted(alt) .. ")"
    return pandoc.RawInline("typst", call)
  end
  if FORMAT:match("typst") then
    local call = "#image(" .. quoted(image.src) .. ", width: 100%, alt: " .. quoted(alt) .. ")"
    return pandoc.RawInline("typst", call)
  end
  image.caption = pandoc.Inlines(pandoc.Str(alt))
  image.attributes["fig-alt"] = nil
  if FORMAT:match("docx") and not icon then fit(image) end
  return image
end

local function shown(div)
  local wanted = div.attributes["when-format"]
  local here = FORMAT:match("html") and "html" or FORMAT:match("typst") and "typst" or FORMAT
  if div.classes:includes("content-visible") then return wanted == here end
  if div.classes:includes("content-hidden") then return wanted ~= here end
  return true
end

-- Typst numbers figures and tables itself; the others are told.
local function caption_of(kind, id, inlines)
  if FORMAT:match("typst") then return inlines end
  local label = names[kind] .. "\u{a0}" .. numbers[id] .. ". "
  local out = pandoc.Inlines({ pandoc.Str(label) })
  out:extend(inlines)
  return out
end

local function float(div)
  local kind = kind_of(div.identifier)
  if not kind then return nil end
  local blocks = div.content
  local last = blocks:remove(#blocks)
  local caption = caption_of(kind, div.identifier, last.content)
  if kind == "fig" then
    return pandoc.Figure(blocks, { long = { pandoc.Plain(caption) } }, pandoc.Attr(div.identifier))
  end
  local grid = blocks[1]
  grid.caption = { long = { pandoc.Plain(caption) } }
  grid.identifier = div.identifier
  return grid
end

-- A callout: the same elements and classes as Quarto writes, so that one stylesheet serves both.
local function callout(div)
  local kind
  for _, class in ipairs(div.classes) do kind = kind or class:match("^callout%-(%a+)$") end
  if not kind then return nil end
  local title = div.attributes.title
  local body = div.content
  if FORMAT:match("html") then
    local head = title and '<div class="callout-header"><div class="callout-title-container">' ..
      pandoc.utils.stringify(title) .. "</div></div>" or ""
    local opening = '<div class="callout callout-' .. kind .. (title and " callout-titled" or "") ..
      '">' .. head .. '<div class="callout-body-container">'
    local out = pandoc.Blocks({ pandoc.RawBlock("html", opening) })
    out:extend(body)
    out:insert(pandoc.RawBlock("html", "</div></div>"))
    return out
  end
  local out = pandoc.Blocks({})
  local typst = FORMAT:match("typst")
  local function raw(text) if typst then out:insert(pandoc.RawBlock("typst", text)) end end
  raw("#note[")
  if title then
    raw("#block(sticky: true)[")
    out:insert(pandoc.Para({ pandoc.Strong({ pandoc.Str(title) }) }))
    raw("]")
  end
  out:extend(body)
  raw("]")
  if typst then return out end
  return pandoc.Div(out, pandoc.Attr("", {}, { ["custom-style"] = "Callout" }))
end

local function divs(div)
  if not shown(div) then return {} end
  local noted = callout(div)
  if noted then return noted end
  if div.attributes["when-format"] then return div.content end
  return float(div)
end

local function references(cite)
  local id = cite.citations[1].id
  local kind = kind_of(id)
  if not kind or not numbers[id] then return nil end
  if FORMAT:match("typst") then return pandoc.RawInline("typst", "@" .. id) end
  return pandoc.Link(names[kind] .. "\u{a0}" .. numbers[id], "#" .. id)
end

return { { Div = count }, { Image = with_alt }, { Div = divs, Cite = references } }
